package io.tidewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidewire.log.Update;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames that cost their sender nothing (RFC 9113, section 10.5): the connection is ended, and the hub goes on serving everyone else. */
class Http2FloodTest {
    private static final int PROTOCOL_ERROR = 1;
    private static final int CANCEL = 8;
    private static final int ENHANCE_YOUR_CALM = 11;
    private static final int STREAMS = 20;

    private final Tidewire server =
            Tidewire.builder().port(0).limits(TestLimits.streams(STREAMS)).start();
    private final FrameClient attacker;
    private final FrameClient other;
    private int otherStream;

    Http2FloodTest() throws IOException {
        attacker = FrameClient.to(server);
        other = FrameClient.to(server);
    }

    @BeforeEach
    void anotherListens() throws IOException {
        otherStream = other.request("GET", "/events?topic=a");
        other.until(otherStream, "event: connected");
    }

    @AfterEach
    void othersAreStillServed() throws IOException {
        server.hub().publish(Update.to("a").data("still here").build());
        other.until(otherStream, "data: still here\n\n");
        other.close();
        attacker.close();
        server.close();
    }

    private void attackerIsShutOut(int code) {
        assertThat(attacker.goAway()).isEqualTo(code);
        attacker.untilOver();
        await().until(() -> server.hub().connectionCount() == 1);
    }

    // What triggers the end is the last that is sent: else the end would meet unread bytes, and TCP's reset might
    // overtake the GOAWAY.

    @Test
    void rapidResetEndsTheConnection() throws IOException {
        for (int i = 0; i <= 2 * STREAMS; i++) {
            attacker.reset(attacker.request("GET", "/events?topic=a"), CANCEL);
        }
        attackerIsShutOut(ENHANCE_YOUR_CALM);
    }

    @Test
    void pageThatLeavesAndResetsAllItsStreamsIsNoFlood() throws IOException {
        int[] streams = new int[STREAMS];
        for (int i = 0; i < STREAMS; i++) {
            streams[i] = attacker.request("GET", "/events?topic=a");
        }
        for (int stream : streams) {
            attacker.reset(stream, CANCEL);
        }
        await().until(() -> server.hub().connectionCount() == 1);
        assertThat(attacker.toEnd(attacker.request("GET", "/health")).body()).isEqualTo("up\n");
    }

    @Test
    void continuationFloodEndsTheConnection() throws IOException {
        int stream = attacker.nextStream();
        attacker.frame(FrameClient.HEADERS, FrameClient.END_STREAM, stream, attacker.block("GET", "/health"));
        for (int i = 0; i < 17; i++) {
            attacker.frame(FrameClient.CONTINUATION, 0, stream, new byte[0]);
        }
        attackerIsShutOut(ENHANCE_YOUR_CALM);
    }

    @Test
    void settingsFloodEndsTheConnection() throws IOException {
        for (int i = 0; i < 100; i++) { // and one at the beginning
            attacker.frame(FrameClient.SETTINGS, 0, 0);
        }
        attackerIsShutOut(ENHANCE_YOUR_CALM);
    }

    @Test
    void pingFloodEndsTheConnection() throws IOException {
        for (int i = 0; i < 100; i++) {
            attacker.frame(FrameClient.PING, 0, 0, new byte[8]);
        }
        attackerIsShutOut(ENHANCE_YOUR_CALM);
    }

    @Test
    void unaskedAnswersToPingsAreAFloodToo() throws IOException {
        for (int i = 0; i < 100; i++) {
            attacker.frame(FrameClient.PING, 1, 0, new byte[8]);
        }
        attackerIsShutOut(ENHANCE_YOUR_CALM);
    }

    @Test
    void emptyDataFramesEndTheConnection() throws IOException {
        int post = attacker.begin("POST", "/events", "content-type", "application/json");
        for (int i = 0; i < 3; i++) {
            attacker.data(post, "", false);
        }
        attackerIsShutOut(ENHANCE_YOUR_CALM);
    }

    @Test
    void headerListThatIsSomewhatTooLargeIsRefusedAndTheConnectionGoesOn() throws IOException {
        int stream = attacker.request("GET", "/health", "x-long", "x".repeat(16 << 10));
        assertThat(attacker.toEnd(stream).status()).isEqualTo("431");
        assertThat(attacker.toEnd(attacker.request("GET", "/health")).body()).isEqualTo("up\n");
    }

    @Test
    void headerListThatIsFarTooLargeEndsTheConnection() throws IOException {
        int stream = attacker.nextStream();
        byte[] block = attacker.block("GET", "/health", "x-long", "~".repeat(24 << 10)); // '~' has no shorter form
        attacker.frame(FrameClient.HEADERS, FrameClient.END_STREAM, stream, java.util.Arrays.copyOf(block, 16_384));
        attacker.frame(
                FrameClient.CONTINUATION,
                FrameClient.END_HEADERS,
                stream,
                java.util.Arrays.copyOfRange(block, 16_384, block.length));
        attackerIsShutOut(PROTOCOL_ERROR);
    }

    @Test
    void frameThatBreaksTheProtocolEndsTheConnectionAndFreesItsStreams() throws IOException {
        attacker.until(attacker.request("GET", "/events?topic=a"), "event: connected");
        attacker.frame(FrameClient.WINDOW_UPDATE, 0, 0, new byte[4]); // of nothing
        attackerIsShutOut(PROTOCOL_ERROR);
    }

    // --- the first bytes

    @Test
    void prefaceInSingleBytesIsUnderstood() throws IOException {
        try (FrameClient slow = FrameClient.byteByByte(server)) {
            assertThat(slow.toEnd(slow.request("GET", "/health")).body()).isEqualTo("up\n");
        }
    }

    @Test
    void http1IsSpokenOnTheSamePort() throws IOException {
        try (RawClient client = new RawClient(server.port())) {
            assertThat(client.send("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                            .toEnd())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .endsWith("up\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PRIVATE", "PROPFIND", "P", "PRI"})
    void methodThatBeginsLikeThePrefaceIsNotTakenForIt(String method) throws IOException {
        try (RawClient client = new RawClient(server.port())) {
            byte[] request = (method + " /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
            for (byte b : request) {
                client.send(new byte[] {b});
            }
            assertThat(client.toEnd()).startsWith("HTTP/1.1 405").contains("Allow: GET, HEAD");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "PRI", "PRI * HTTP/", "GET /health HTTP/1.1\r\n"})
    void clientThatStopsWithinItsFirstBytesIsLetGo(String begin) throws IOException {
        try (Tidewire hasty = Tidewire.builder()
                        .port(0)
                        .limits(TestLimits.head(Duration.ofMillis(300)))
                        .start();
                RawClient client = new RawClient(hasty.port())) {
            assertThat(client.send(begin).toEnd()).isEmpty();
        }
    }
}
