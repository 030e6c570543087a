package io.tidewire.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.web.reactive.function.server.RequestPredicates.GET;
import static org.springframework.web.reactive.function.server.RouterFunctions.route;

import io.tidewire.client.EventSourceException.Reason;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Streams as others send them. */
@SuppressWarnings("try") // servers that are only there
class StrangersTest {

    @Test
    void openAiEndsWithDone() throws Exception {
        String chunk = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"}}]}\n\n";
        StringBuilder answer = new StringBuilder();
        try (FaultServer server = new FaultServer(peer -> {
                    peer.open()
                            .send(": OPENROUTER PROCESSING\n\n" + chunk.formatted("Hel"))
                            .send(chunk.formatted("lo"));
                    peer.send("data: [DONE]\n\n").end();
                });
                EventSource source = EventSource.builder(server.uri("/v1/chat/completions"))
                        .header("Authorization", "Bearer key")
                        .post("application/json", "{\"stream\":true}")
                        .endBefore(event -> event.data().equals("[DONE]"))
                        .codec(JsonMapper.shared()::readValue)
                        .build()) {
            source.on(
                    "message",
                    JsonNode.class,
                    node -> answer.append(node.at("/choices/0/delta/content").asString()));
            assertThat(source.start().awaitClosed().reason()).isEqualTo(Reason.COMPLETED);
            assertThat(answer).hasToString("Hello");
            FaultServer.Seen request = server.request();
            assertThat(request.body()).isEqualTo("{\"stream\":true}");
            assertThat(server.waitingRequests()).isZero();
        }
    }

    @Test
    void anthropicNamesItsEvents() throws Exception {
        String stream = """
                event: message_start
                data: {"type":"message_start","message":{"id":"m"}}

                event: ping
                data: {"type": "ping"}

                event: content_block_delta
                data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}

                event: content_block_delta
                data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" there"}}

                event: message_stop
                data: {"type":"message_stop"}

                """;
        List<String> types = new ArrayList<>();
        StringBuilder answer = new StringBuilder();
        try (FaultServer server =
                        new FaultServer(peer -> peer.open().send(stream).end());
                EventSource source = EventSource.builder(server.uri("/v1/messages"))
                        .post("application/json", "{}")
                        .endAfter(event -> event.type().equals("message_stop"))
                        .codec(JsonMapper.shared()::readValue)
                        .build()) {
            source.onAny(event -> types.add(event.type()));
            source.on(
                    "content_block_delta",
                    JsonNode.class,
                    node -> answer.append(node.at("/delta/text").asString()));
            assertThat(source.start().awaitClosed().reason()).isEqualTo(Reason.COMPLETED);
            assertThat(answer).hasToString("Hi there");
            assertThat(types).hasSize(5).endsWith("message_stop");
        }
    }

    /** Spring's way to stream: ids from Last-Event-ID on, ten of them, then an end. */
    private static DisposableServer spring(List<String> resumedFrom, HttpProtocol... protocols) {
        var routes = route(GET("/events"), request -> {
            String id = String.valueOf(request.headers().firstHeader("Last-Event-ID"));
            resumedFrom.add(id);
            int from = id.equals("null") ? 1 : Integer.parseInt(id) + 1;
            Flux<ServerSentEvent<String>> events = Flux.range(from, Math.max(0, Math.min(4, 11 - from)))
                    .map(n -> ServerSentEvent.<String>builder("line " + n + "\nand more")
                            .id(String.valueOf(n))
                            .event("tick")
                            .comment("c")
                            .retry(Duration.ofMillis(1))
                            .build());
            return from > 10
                    ? ServerResponse.noContent().build()
                    : ServerResponse.ok().body(BodyInserters.fromServerSentEvents(events));
        });
        return HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .protocol(protocols)
                .handle(new ReactorHttpHandlerAdapter(RouterFunctions.toHttpHandler(routes)))
                .bindNow();
    }

    private static void checkSpring(EventSourceBuilder builder, List<String> resumedFrom) throws InterruptedException {
        List<String> seen = new ArrayList<>();
        try (EventSource source = builder.build()) {
            source.on("tick", event -> seen.add(event.id() + " " + event.data()));
            assertThat(source.start().awaitClosed().reason()).isEqualTo(Reason.COMPLETED);
        }
        assertThat(seen).hasSize(10).startsWith("1 line 1\nand more").endsWith("10 line 10\nand more");
        assertThat(resumedFrom).containsExactly("null", "4", "8", "10");
    }

    @Test
    void springsFluxIsReadAndResumed() throws Exception {
        List<String> resumedFrom = new CopyOnWriteArrayList<>();
        DisposableServer server = spring(resumedFrom, HttpProtocol.HTTP11);
        try {
            checkSpring(EventSource.builder(URI.create("http://127.0.0.1:" + server.port() + "/events")), resumedFrom);
        } finally {
            server.disposeNow();
        }
    }

    @Test
    void http2IsSpokenOnAClientThatPrefersIt() throws Exception {
        List<String> resumedFrom = new CopyOnWriteArrayList<>();
        List<String> versions = new CopyOnWriteArrayList<>();
        DisposableServer server = spring(resumedFrom, HttpProtocol.HTTP11, HttpProtocol.H2C);
        try (Transport http2 = Transport.jdk(
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build())) {
            EventSourceListener listener = new EventSourceListener() {
                @Override
                public void opened(URI origin, java.util.Map<String, List<String>> headers) {
                    versions.add(headers.containsKey("transfer-encoding") ? "1.1" : "2");
                }
            };
            checkSpring(
                    EventSource.builder(URI.create("http://127.0.0.1:" + server.port() + "/events"))
                            .transport(http2)
                            .listener(listener),
                    resumedFrom);
            assertThat(versions).containsOnly("2");
        } finally {
            server.disposeNow();
        }
    }
}
