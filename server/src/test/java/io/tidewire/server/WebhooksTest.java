package io.tidewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.tidewire.hub.CloseReason;
import io.tidewire.hub.ConnectionInfo;
import io.tidewire.server.HookReceiver.Received;
import io.tidewire.server.HookReceiver.Reply;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** What a receiver gets, whatever it does. */
class WebhooksTest {
    private static final Duration SOON = Duration.ofMillis(1);
    private static final Duration NEVER = Duration.ofHours(1);

    private final HookReceiver receiver = new HookReceiver();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        receiver.close();
    }

    private Webhooks.Builder builder() {
        return builder(receiver.uri());
    }

    private static Webhooks.Builder builder(URI uri) {
        return Webhooks.builder(uri, HookReceiver.SECRET)
                .batch(100, SOON)
                .retry(SOON, Duration.ofMillis(20), NEVER)
                .flushTimeout(Duration.ofSeconds(10));
    }

    private Webhooks open(Webhooks.Builder builder) {
        Webhooks hooks = builder.build();
        open.add(hooks);
        return hooks;
    }

    private static ConnectionInfo connection(int id, String... topics) {
        return new ConnectionInfo("c" + id, "ann", List.of(topics), "127.0.0.1", Instant.now(), true);
    }

    private void awaitRequests(int number) {
        await().until(() -> receiver.received().size() >= number);
    }

    private static boolean isAuthentic(String secret, Received request) throws Exception {
        return SignatureExample.isAuthentic(
                secret.getBytes(StandardCharsets.UTF_8),
                request.id(),
                request.timestamp(),
                request.signature(),
                request.body().getBytes(StandardCharsets.UTF_8));
    }

    // --- what is sent

    @Test
    void signatureIsVerifiedByAnIndependentComputation() throws Exception {
        open(builder()).connected(connection(1, "a"));
        awaitRequests(1);
        Received request = receiver.received().get(0);
        assertThat(isAuthentic(HookReceiver.SECRET, request)).isTrue();
        assertThat(isAuthentic("another secret of 24 bytes", request)).isFalse();
        assertThat(isAuthentic(
                        HookReceiver.SECRET,
                        new Received(request.id(), request.timestamp(), request.signature(), request.body() + " ")))
                .isFalse();
    }

    @Test
    void bothSecretsSignWhileOneTakesTheOthersPlace() throws Exception {
        String raw = "the next secret, 24 bytes+";
        String prefixed = "whsec_" + Base64.getEncoder().encodeToString(raw.getBytes(StandardCharsets.UTF_8));
        open(builder().alsoSignedWith(prefixed)).connected(connection(1, "a"));
        awaitRequests(1);
        assertThat(isAuthentic(HookReceiver.SECRET, receiver.received().get(0))).isTrue();
        assertThat(isAuthentic(raw, receiver.received().get(0))).isTrue();
    }

    @Test
    void eventsCarryWhatIsPromised() {
        Webhooks hooks = open(builder());
        hooks.connected(connection(1, "a", "b/*"));
        hooks.disconnected(connection(1, "a", "b/*"), CloseReason.CLIENT_GONE);
        hooks.close();
        assertThat(receiver.told())
                .containsExactly(
                        "connected a,b/*",
                        "topic.occupied a",
                        "topic.occupied b/*",
                        "disconnected a,b/*",
                        "topic.vacated a",
                        "topic.vacated b/*");
        List<JsonNode> events = new ArrayList<>();
        receiver.received().forEach(each -> events.addAll(each.events()));
        JsonNode gone = events.get(3);
        assertThat(gone.path("connection").stringValue()).isEqualTo("c1");
        assertThat(gone.path("user").stringValue()).isEqualTo("ann");
        assertThat(gone.path("remote").stringValue()).isEqualTo("127.0.0.1");
        assertThat(gone.path("reason").stringValue()).isEqualTo("client-gone");
        assertThat(gone.path("durationMillis").isIntegralNumber()).isTrue();
        assertThat(Instant.parse(gone.path("time").stringValue())).isBeforeOrEqualTo(Instant.now());
        assertThat(events.stream().map(each -> each.path("id").stringValue())).doesNotHaveDuplicates();
    }

    @Test
    void leavingOfOneThatWasNeverToldIsNotTold() {
        Webhooks hooks = open(builder());
        hooks.disconnected(connection(1, "a"), CloseReason.CLIENT_GONE);
        hooks.close();
        assertThat(receiver.received()).isEmpty();
    }

    @Test
    void changedTopicsAreOccupiedAndVacated() {
        Webhooks hooks = open(builder());
        hooks.connected(connection(1, "a", "b"));
        hooks.topicsChanged(connection(1, "b", "c"));
        hooks.disconnected(connection(1, "b", "c"), CloseReason.KICKED);
        hooks.close();
        assertThat(receiver.told())
                .containsExactly(
                        "connected a,b",
                        "topic.occupied a",
                        "topic.occupied b",
                        "topic.occupied c",
                        "topic.vacated a",
                        "disconnected b,c",
                        "topic.vacated b",
                        "topic.vacated c");
    }

    @Test
    void fullBatchGoesAtOnceAndARestLingers() {
        Webhooks hooks = open(builder().batch(10, NEVER));
        for (int i = 0; i < 9; i++) {
            hooks.connected(connection(i));
        }
        assertThat(receiver.received()).isEmpty();
        hooks.connected(connection(9));
        hooks.connected(connection(10));
        awaitRequests(1);
        hooks.close();
        assertThat(receiver.received()).hasSizeGreaterThan(1);
        assertThat(receiver.received().get(0).events()).hasSize(10);
        assertThat(hooks.count(HookCounter.WEBHOOK_DELIVERED)).isEqualTo(11);
    }

    @Test
    void batchesComeInOrderAndOneAtATime() {
        Webhooks hooks = open(builder().batch(7, SOON));
        for (int i = 0; i < 500; i++) {
            hooks.connected(connection(i));
        }
        hooks.close();
        List<String> ids = new ArrayList<>();
        receiver.received()
                .forEach(each -> each.events()
                        .forEach(event -> ids.add(event.path("connection").stringValue())));
        assertThat(ids).hasSize(500);
        for (int i = 0; i < 500; i++) {
            assertThat(ids.get(i)).isEqualTo("c" + i);
        }
        assertThat(receiver.atOnce()).isEqualTo(1);
    }

    // --- what goes wrong

    @Test
    void retriedUntilTakenWithTheSameIdAndBody() {
        receiver.reply(Reply.of(500), Reply.of(429), Reply.of(408), Reply.of(503), Reply.of(200));
        Webhooks hooks = open(builder());
        hooks.connected(connection(1));
        await().until(() -> hooks.count(HookCounter.WEBHOOK_DELIVERED) == 1);
        hooks.close();
        assertThat(receiver.received()).hasSize(5);
        assertThat(receiver.received().stream().map(Received::id).distinct()).hasSize(1);
        assertThat(receiver.received().stream().map(Received::body).distinct()).hasSize(1);
        assertThat(hooks.count(HookCounter.WEBHOOK_RETRIES)).isEqualTo(4);
        assertThat(hooks.count(HookCounter.WEBHOOK_FAILED)).isEqualTo(4);
        assertThat(hooks.count(HookCounter.WEBHOOK_DROPPED)).isZero();
    }

    @Test
    void receiverThatIsDownForAWhileMissesNothing() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Webhooks hooks = open(builder(URI.create("http://127.0.0.1:" + port + "/")));
        hooks.connected(connection(1));
        await().until(() -> hooks.count(HookCounter.WEBHOOK_RETRIES) >= 3);
        hooks.connected(connection(2));
        try (HookReceiver late = new HookReceiver(port)) {
            hooks.close();
            assertThat(late.told()).hasSize(2);
            assertThat(new HashSet<>(late.received().stream().map(Received::id).toList()))
                    .hasSize(late.received().size());
        }
    }

    @Test
    void receiverThatStallsIsTriedAgain() {
        receiver.reply(request -> receiver.received().size() == 1 ? receiver.stall() : Reply.of(204));
        Webhooks hooks = open(builder().timeout(Duration.ofMillis(100)));
        hooks.connected(connection(1));
        await().until(() -> hooks.count(HookCounter.WEBHOOK_DELIVERED) == 1);
        assertThat(receiver.received().get(0).id())
                .isEqualTo(receiver.received().get(1).id());
    }

    @Test
    void retryAfterIsTheLeastWait() {
        List<Long> delays = new CopyOnWriteArrayList<>();
        receiver.reply(new Reply(503, Map.of("Retry-After", "7"), ""), Reply.of(204));
        Webhooks hooks = open(builder().scheduler(new ScheduledThreadPoolExecutor(1) {
            @Override
            public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
                delays.add(unit.toMillis(delay));
                return super.schedule(task, 0, unit);
            }

            @Override
            public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
                throw new UnsupportedOperationException();
            }
        }));
        hooks.connected(connection(1));
        await().until(() -> hooks.count(HookCounter.WEBHOOK_DELIVERED) == 1);
        assertThat(delays).contains(7000L);
    }

    @Test
    void batchIsGivenUpAfterItsTimeAndTheNextOneTellsWhatWasLost() {
        HandClock clock = new HandClock();
        receiver.reply(request -> {
            if (receiver.received().size() > 2) {
                return Reply.of(204);
            }
            clock.advance(Duration.ofMinutes(4));
            return Reply.of(500);
        });
        Webhooks hooks = open(builder().clock(clock).retry(SOON, SOON, Duration.ofMinutes(5)));
        hooks.connected(connection(1));
        await().until(() -> hooks.count(HookCounter.WEBHOOK_DROPPED) == 1);
        hooks.connected(connection(2));
        hooks.close();
        Received last = receiver.received().get(receiver.received().size() - 1);
        assertThat(last.json().path("dropped").intValue()).isEqualTo(1);
        assertThat(last.events()).hasSize(1);
    }

    @Test
    void refusedBatchIsNotTriedAgain() {
        receiver.reply(Reply.of(400), Reply.of(204));
        Webhooks hooks = open(builder());
        hooks.connected(connection(1));
        await().until(() -> hooks.count(HookCounter.WEBHOOK_DROPPED) == 1);
        hooks.connected(connection(2));
        hooks.close();
        assertThat(receiver.received()).hasSize(2);
        assertThat(receiver.received().get(1).json().path("dropped").intValue()).isEqualTo(1);
        assertThat(hooks.count(HookCounter.WEBHOOK_RETRIES)).isZero();
    }

    @Test
    void goneSwitchesTheHookOff() {
        receiver.reply(Reply.of(410));
        Webhooks hooks = open(builder());
        hooks.connected(connection(1));
        await().until(() -> hooks.count(HookCounter.WEBHOOK_DROPPED) == 1);
        hooks.connected(connection(2));
        hooks.close();
        assertThat(receiver.received()).hasSize(1);
        assertThat(hooks.count(HookCounter.WEBHOOK_DROPPED)).isEqualTo(2);
    }

    @Test
    void fullQueueDropsTheOldestAndSaysHowMany() {
        CompletableFuture<Reply> first = new CompletableFuture<>();
        receiver.reply(request -> receiver.received().size() == 1 ? first.join() : Reply.of(204));
        Webhooks hooks = open(builder().queue(10, 1 << 20));
        hooks.connected(connection(0));
        awaitRequests(1);
        for (int i = 1; i <= 100; i++) {
            hooks.connected(connection(i));
        }
        first.complete(Reply.of(204));
        hooks.close();
        Received second = receiver.received().get(1);
        assertThat(second.json().path("dropped").intValue()).isEqualTo(90);
        assertThat(second.events().get(0).path("connection").stringValue()).isEqualTo("c91");
        assertThat(hooks.count(HookCounter.WEBHOOK_DROPPED)).isEqualTo(90);
        assertThat(hooks.count(HookCounter.WEBHOOK_DELIVERED)).isEqualTo(11);
    }

    @Test
    void queueIsBoundedInBytesToo() {
        Webhooks hooks = open(builder().batch(100, NEVER).queue(1000, 10_000));
        for (int i = 0; i < 100; i++) {
            hooks.connected(connection(i));
        }
        hooks.close();
        assertThat(hooks.count(HookCounter.WEBHOOK_DROPPED)).isBetween(60L, 80L);
        assertThat(receiver.received().get(0).json().path("dropped").longValue())
                .isEqualTo(hooks.count(HookCounter.WEBHOOK_DROPPED));
    }

    @Test
    void closeIsBoundedAndCountsWhatWasNotDelivered() {
        receiver.reply(request -> receiver.stall());
        Webhooks hooks = open(builder().flushTimeout(Duration.ofMillis(100)));
        hooks.connected(connection(1));
        awaitRequests(1);
        hooks.connected(connection(2));
        hooks.close();
        assertThat(hooks.count(HookCounter.WEBHOOK_DROPPED)).isEqualTo(2);
    }

    @Test
    void logsSayWhatToDoAndHoldNoSecret() {
        Logger logger = (Logger) LoggerFactory.getLogger(Webhooks.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            receiver.reply(Reply.of(404));
            Webhooks hooks = open(builder());
            hooks.connected(connection(1));
            hooks.close();
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(lines.list).hasSize(1);
        assertThat(lines.list.get(0).getFormattedMessage())
                .contains("127.0.0.1", "404", "1 events are lost")
                .doesNotContain("do-not-log", HookReceiver.SECRET);
    }

    // --- what is refused at the start

    @Test
    void shortSecretIsRefusedWithoutBeingShown() {
        assertThatThrownBy(() -> Webhooks.builder(receiver.uri(), "hunter2").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("webhooks.secret: 7 bytes (expected: 24 or more")
                .hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> Webhooks.builder(receiver.uri(), "whsec_aGk=").build())
                .hasMessageContaining("webhooks.secret: 2 bytes");
        assertThatThrownBy(() -> Webhooks.builder(receiver.uri(), "whsec_no base64 at all, is it?")
                        .build())
                .hasMessageContaining("expected: base64");
    }

    @Test
    void plaintextToOtherMachinesNeedsToBeAllowed() {
        URI other = URI.create("http://user@app.example/hook?key=hush");
        assertThatThrownBy(() ->
                        builder(URI.create("http://app.example/hook?key=hush")).build())
                .hasMessageContaining("webhooks.url: http://app.example (expected: https")
                .hasMessageNotContaining("hush");
        assertThatThrownBy(() -> builder(other).plaintextAllowed(true).build()).hasMessageContaining("no user info");
        open(builder(URI.create("http://app.example/hook")).plaintextAllowed(true));
        open(builder(URI.create("https://app.example/hook")));
    }
}
