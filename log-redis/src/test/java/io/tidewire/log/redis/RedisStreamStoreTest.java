package io.tidewire.log.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.log.LogException;
import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.Creation;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamChange;
import io.tidewire.stream.StreamChange.State;
import io.tidewire.stream.StreamInfo;
import io.tidewire.stream.StreamLimits;
import io.tidewire.stream.StreamPage;
import io.tidewire.stream.StreamSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Streams in a Redis by itself: what the contract does not ask. */
final class RedisStreamStoreTest {
    private static final RedisServer SERVER = RedisServer.start();

    private final RedisConfig config =
            SERVER.config().withPrefix(UUID.randomUUID().toString());
    private final StreamHub hub = new StreamHub(config);

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @AfterEach
    void close() {
        hub.close();
    }

    private String key(String name) {
        return "{" + config.prefix() + "}:" + name;
    }

    private long number(String... command) {
        return Long.parseLong(SERVER.cli(command));
    }

    @Test
    void streamIsAsItWasCreatedAndAppendedTo() {
        Instant end = Instant.parse("2999-01-01T00:00:00.123456789Z");
        StreamSpec spec = StreamSpec.of("text/plain; charset=utf-8")
                .expiringAfter(Duration.ofSeconds(90, 5))
                .expiringAt(end)
                .with(StreamSpec.OWNER, "älice")
                .with("k", "v".repeat(5000));
        Creation creation = hub.create("a/b", spec, StreamHub.message("one"));
        hub.append("a/b", "two");
        hub.append("a/b", StreamAppend.of(List.of(new byte[0], new byte[] {0, -1, 10})));

        assertThat(creation.created()).isTrue();
        assertThat(creation.info().tail()).isEqualTo(new Offset(1));
        StreamInfo info = hub.info("a/b");
        assertThat(info.spec()).isEqualTo(spec);
        assertThat(info.created()).isEqualTo(creation.info().created());
        assertThat(info.tail()).isEqualTo(new Offset(4));
        assertThat(info.bytes()).isEqualTo(9);
        assertThat(info.closed()).isFalse();
        StreamPage page = hub.page("a/b", 0, 1000);
        assertThat(page.spec()).isEqualTo(spec);
        assertThat(page.messages())
                .usingElementComparator(java.util.Arrays::compare)
                .containsExactly(
                        new byte[] {'o', 'n', 'e'}, new byte[] {'t', 'w', 'o'}, new byte[0], new byte[] {0, -1, 10});
        assertThat(page.isUpToDate()).isTrue();
        assertThat(page.isEnd()).isFalse();
    }

    @Test
    void pageHasWhatFitsAndAtLeastOne() {
        hub.create("s");
        List<byte[]> messages =
                IntStream.range(0, 1500).mapToObj(i -> new byte[i % 37]).toList();
        hub.append("s", StreamAppend.of(messages));
        Random random = new Random(4);
        for (int i = 0; i < 200; i++) {
            int from = random.nextInt(1501);
            int maxBytes = random.nextInt(i % 2 == 0 ? 100 : 40_000);
            int to = from;
            for (int sum = 0; to < messages.size(); to++) {
                sum += messages.get(to).length;
                if (sum > maxBytes && to > from) {
                    break;
                }
            }
            StreamPage page = hub.page("s", from, maxBytes);
            assertThat(page.messages().stream().map(message -> message.length))
                    .as("after %d, %d bytes", from, maxBytes)
                    .isEqualTo(messages.subList(from, to).stream()
                            .map(message -> message.length)
                            .toList());
            assertThat(page.next()).isEqualTo(new Offset(to));
        }
        assertThat(hub.page("s", 99_999, 10).start())
                .as("a place after the tail is the tail")
                .isEqualTo(new Offset(1500));
    }

    @Test
    void appendsOfOneCallerAreInTheOrderOfTheCalls() {
        hub.create("s");
        List<CompletableFuture<AppendOutcome>> answers = new ArrayList<>();
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            sent.add("m" + i);
            answers.add(hub.store.append("s", StreamHub.message("m" + i)).toCompletableFuture());
        }
        for (int i = 0; i < answers.size(); i++) {
            assertThat(Hub.await(answers.get(i)).tail()).isEqualTo(new Offset(i + 1));
        }
        assertThat(hub.read("s")).isEqualTo(sent);
    }

    @Test
    void createAppendAndDeleteOfOneCallerAreInTheOrderOfTheCalls() {
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(hub.store
                    .create("s", StreamHub.TEXT, StreamAppend.NOTHING)
                    .thenAccept(creation -> assertThat(creation.created()).isTrue())
                    .toCompletableFuture());
            answers.add(hub.store
                    .append("s", StreamHub.message("m"))
                    .thenAccept(outcome -> assertThat(outcome.tail()).isEqualTo(new Offset(1)))
                    .toCompletableFuture());
            answers.add(hub.store
                    .delete("s")
                    .thenAccept(deleted -> assertThat(deleted).isTrue())
                    .toCompletableFuture());
        }
        answers.forEach(Hub::await);
        assertThat(hub.exists("s")).isFalse();
        assertThat(SERVER.cli("EXISTS", key("stream:s"), key("messages:s"))).isEqualTo("0");
        assertThat(SERVER.cli("ZCARD", key("stream-names"))).isEqualTo("0");
    }

    @Test
    void otherHubHearsAndReads() {
        try (StreamHub other = new StreamHub(config)) {
            hub.create("s", StreamHub.TEXT, StreamHub.message("1"));
            for (int i = 2; i <= 300; i++) {
                hub.append("s", "m" + i);
            }
            other.append("s", StreamAppend.CLOSE);
            Hub.await(hub.store.delete("s"));
            List<StreamChange> expected = new ArrayList<>();
            for (int i = 1; i <= 300; i++) {
                expected.add(new StreamChange("s", new Offset(i), State.OPEN));
            }
            expected.add(new StreamChange("s", new Offset(300), State.CLOSED));
            expected.add(new StreamChange("s", new Offset(300), State.GONE));
            for (StreamHub each : List.of(hub, other)) {
                assertThat(each.heard("s", 302)).isEqualTo(expected);
            }
        }
    }

    @Test
    void changeIsToldWhenItCanBeRead() {
        try (StreamHub other = new StreamHub(config)) {
            List<CompletableFuture<Boolean>> seen = Collections.synchronizedList(new ArrayList<>());
            other.store.listen(change -> seen.add(other.store
                    .read(change.name(), Offset.START, 1 << 20)
                    .thenApply(page -> page.orElseThrow().tail().compareTo(change.tail()) >= 0)
                    .toCompletableFuture()));
            hub.create("s");
            for (int i = 0; i < 200; i++) {
                hub.append("s", "m");
            }
            Awaitility.await().atMost(Hub.PATIENCE).until(() -> seen.size() == 200);
            assertThat(seen).allMatch(Hub::await);
        }
    }

    @Test
    void twoHubsWritingOneStreamAreToldTheSameInTheSameOrder() {
        try (StreamHub other = new StreamHub(config)) {
            hub.create("s");
            List<CompletableFuture<?>> answers = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                StreamHub writer = i % 2 == 0 ? hub : other;
                answers.add(writer.store.append("s", StreamHub.message("m" + i)).toCompletableFuture());
            }
            answers.forEach(Hub::await);
            for (StreamHub each : List.of(hub, other)) {
                Awaitility.await()
                        .atMost(Hub.PATIENCE)
                        .until(() -> each.heard.stream()
                                .anyMatch(change -> change.tail().number() == 1000));
                assertThat(each.heard.stream().map(change -> change.tail().number()))
                        .isSorted();
            }
        }
    }

    @Test
    void idleStreamExpiresAndIsToldGoneWithoutAnybodyAsking() {
        hub.create("s", StreamHub.TEXT.expiringAfter(Duration.ofMillis(300)), StreamHub.message("1"));
        assertThat(hub.heard("s", 2).get(1).state()).isEqualTo(State.GONE);
        assertThat(hub.append("s", StreamHub.message("late")).kind()).isEqualTo(AppendOutcome.Kind.NO_STREAM);
        assertThat(Hub.await(hub.store.read("s", Offset.START, 10))).isEmpty();
        assertThat(SERVER.cli("KEYS", key("*:s"))).isEmpty();
        assertThat(SERVER.cli("ZCARD", key("stream-names"))).isEqualTo("0");
        assertThat(SERVER.cli("ZCARD", key("stream-due"))).isEqualTo("0");
        assertThat(hub.create("s").created()).isTrue();
        assertThat(hub.read("s")).isEmpty();
    }

    @Test
    void readingAndAppendingPutExpiryOffForBothKeys() {
        Duration idle = Duration.ofHours(1);
        hub.create("read", StreamHub.TEXT.expiringAfter(idle), StreamHub.message("1"));
        hub.create("appended", StreamHub.TEXT.expiringAfter(idle), StreamHub.message("1"));
        for (String name : List.of("read", "appended")) { // as if it had not been used for half an hour
            Instant used = hub.info(name).lastUse().minus(Duration.ofMinutes(30));
            SERVER.cli("HSET", key("stream:" + name), "u", Long.toString(used.toEpochMilli()));
            SERVER.cli("PEXPIRE", key("stream:" + name), "1800000");
            SERVER.cli("PEXPIRE", key("messages:" + name), "1800000");
        }
        hub.page("read", 0, 10);
        hub.append("appended", "2");
        for (String name : List.of("read", "appended")) {
            long left = number("PTTL", key("stream:" + name));
            assertThat(left).isBetween(idle.toMillis() - 60_000, idle.toMillis() + 1000);
            assertThat(number("PEXPIRETIME", key("stream:" + name)))
                    .isEqualTo(number("PEXPIRETIME", key("messages:" + name)));
            assertThat(hub.info(name).lastUse())
                    .isAfter(hub.info(name).created().minusMillis(1));
        }
    }

    @Test
    void readingOftenWritesSeldom() {
        hub.create("s", StreamHub.TEXT.expiringAfter(Duration.ofHours(1)), StreamHub.message("1"));
        SERVER.cli("CONFIG", "RESETSTAT");
        long start = System.nanoTime();
        for (int i = 0; i < 500; i++) {
            hub.page("s", 0, 10);
        }
        long seconds = 1 + (System.nanoTime() - start) / 1_000_000_000L;
        String stats = SERVER.cli("INFO", "commandstats");
        long calls = stats.lines()
                .filter(line -> line.startsWith("cmdstat_pexpireat:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*:calls=(\\d+),.*", "$1")))
                .sum();
        assertThat(calls).isLessThanOrEqualTo(2 * (seconds + 1));
    }

    @Test
    void expiryTimeCapsTheTimeToLive() {
        Instant end = Instant.now().plus(Duration.ofMinutes(10));
        hub.create("s", StreamHub.TEXT.expiringAfter(Duration.ofHours(1)).expiringAt(end), StreamHub.message("1"));
        hub.append("s", "2");
        hub.page("s", 0, 10);
        assertThat(number("PEXPIRETIME", key("stream:s"))).isEqualTo(end.toEpochMilli());
        assertThat(number("PEXPIRETIME", key("messages:s"))).isEqualTo(end.toEpochMilli());
    }

    @Test
    void firstMessageOfAnEmptyStreamExpiresWithIt() {
        hub.create("s", StreamHub.TEXT.expiringAfter(Duration.ofHours(1)), StreamAppend.NOTHING);
        hub.append("s", "1");
        assertThat(number("PEXPIRETIME", key("messages:s"))).isEqualTo(number("PEXPIRETIME", key("stream:s")));
    }

    @Test
    void streamThatEndsInThePastIsMadeAndGone() {
        for (Instant end : List.of(
                Instant.EPOCH,
                Instant.parse("0001-01-01T00:00:00Z"),
                Instant.now().minusSeconds(1))) {
            assertThat(hub.create("s", StreamHub.TEXT.expiringAt(end), StreamHub.message("1"))
                            .created())
                    .isTrue();
            assertThat(hub.exists("s")).isFalse();
        }
        assertThat(hub.create("t", StreamHub.TEXT.expiringAfter(Duration.ZERO), StreamAppend.NOTHING)
                        .created())
                .isTrue();
        assertThat(hub.exists("t")).isFalse();
    }

    @Test
    void namesAreListedInJavasOrderAndWhateverTheyAre() {
        List<String> names = new ArrayList<>(Stream.of(
                        "a",
                        "a/1",
                        "a/10",
                        "a/2",
                        "b}{c",
                        "a\0b",
                        "a\n b",
                        "ä",
                        "\u07FF",
                        "\u0800",
                        "\uE000x",
                        "\uFFFF",
                        "\uD83D\uDE00",
                        "?",
                        "z".repeat(512))
                .toList());
        Collections.shuffle(names, new Random(7));
        names.forEach(name -> hub.create(name, StreamHub.TEXT, StreamHub.message(name)));
        Collections.sort(names);

        assertThat(hub.list("", "", 100)).isEqualTo(names);
        assertThat(hub.list("a/", "", 100)).containsExactly("a/1", "a/10", "a/2");
        assertThat(hub.list("a/", "a/1", 1)).containsExactly("a/10");
        assertThat(hub.list("a", "a", 2)).containsExactly("a\0b", "a\n b");
        assertThat(hub.list("\uD83D", "", 100)).containsExactly("\uD83D\uDE00");
        assertThat(hub.list("\uFFFF", "", 100)).containsExactly("\uFFFF");
        assertThat(hub.list("nothing", "", 100)).isEmpty();
        List<String> pages = new ArrayList<>();
        for (List<String> page = hub.list("", "", 4);
                !page.isEmpty();
                page = hub.list("", page.get(page.size() - 1), 4)) {
            pages.addAll(page);
        }
        assertThat(pages).isEqualTo(names);
        assertThat(hub.read("b}{c")).containsExactly("b}{c");
    }

    @Test
    void listGoesOnPastManyExpiredStreamsAndTakesThemOut() {
        hub.create("alive/1");
        String asExpiredOnesLeaveThem = "for i = 1, 1300 do redis.call('ZADD', KEYS[1], 0, 'dead/' .. i) end";
        SERVER.cli("EVAL", asExpiredOnesLeaveThem, "1", key("stream-names"));
        hub.create("e/1");
        assertThat(hub.list("", "", 10)).containsExactly("alive/1", "e/1");
        assertThat(SERVER.cli("ZCARD", key("stream-names"))).isEqualTo("2");
        assertThat(hub.heard("dead/1300", 1).get(0).state()).isEqualTo(State.GONE);
    }

    @Test
    void longestStreamIsKeptToAndSaysSo() {
        try (StreamHub narrow = new StreamHub(config, new StreamLimits(10, 1))) {
            narrow.create("s", StreamHub.TEXT, StreamHub.message("12345"));
            narrow.append("s", "67890");
            assertThatThrownBy(() -> narrow.store
                            .append("s", StreamHub.message("x"))
                            .toCompletableFuture()
                            .join())
                    .hasCauseInstanceOf(LogException.Full.class)
                    .hasMessageContaining("the stream s (at most 10 bytes, streams.stream-bytes)");
            assertThat(narrow.append("s", StreamAppend.CLOSE).kind()).isEqualTo(AppendOutcome.Kind.APPENDED);
            assertThatThrownBy(() -> narrow.store
                            .create("t", StreamHub.TEXT, StreamHub.message("12345678901"))
                            .toCompletableFuture()
                            .join())
                    .hasCauseInstanceOf(LogException.Full.class);
            assertThat(narrow.exists("t")).isFalse();
            assertThat(narrow.list("", "", 9)).containsExactly("s");
            assertThat(narrow.read("s")).containsExactly("12345", "67890");
        }
    }

    @Test
    void appendOfManyMessagesIsOneStep() {
        hub.create("s");
        List<byte[]> many = IntStream.range(0, 20_001)
                .mapToObj(i -> Integer.toString(i).getBytes(StandardCharsets.US_ASCII))
                .toList();
        assertThat(hub.append("s", StreamAppend.of(many)).tail()).isEqualTo(new Offset(20_001));
        assertThat(hub.read("s")).hasSize(20_001).startsWith("0", "1").endsWith("20000");
        assertThat(hub.page("s", 0, 1 << 30).messages())
                .as("one answer of Redis is bounded in messages too")
                .hasSize(10_000);
    }

    @Test
    void otherThingsUnderOurKeysAreLeftAlone() {
        for (List<String> foreign : List.of(
                List.of("SET", "streams", "x"),
                List.of("SADD", "stream-names", "x"),
                List.of("HSET", "streams", "format", "2"))) {
            RedisConfig elsewhere = SERVER.config().withPrefix(UUID.randomUUID().toString());
            List<String> command = new ArrayList<>(foreign);
            command.set(1, "{" + elsewhere.prefix() + "}:" + foreign.get(1));
            SERVER.cli(command.toArray(String[]::new));
            assertThatThrownBy(() -> new StreamHub(elsewhere))
                    .isInstanceOf(LogException.Unavailable.class)
                    .hasMessageContaining("FOREIGN");
        }
    }

    @Test
    void messagesThatAreMissingAreNotPassedOver() {
        hub.create("s", StreamHub.TEXT, StreamHub.message("1"));
        SERVER.cli("DEL", key("messages:s"));
        assertThatThrownBy(() -> hub.store
                        .read("s", Offset.START, 10)
                        .toCompletableFuture()
                        .join())
                .hasCauseInstanceOf(LogException.Unavailable.class)
                .hasMessageContaining("DAMAGED");
    }

    @Test
    void flushedScriptsAreSentAgain() {
        hub.create("s");
        SERVER.cli("SCRIPT", "FLUSH");
        hub.append("s", "1");
        SERVER.cli("SCRIPT", "FLUSH");
        assertThat(hub.read("s")).containsExactly("1");
    }

    @Test
    void emptiedRedisIsEmptyAndChangesGoOn() {
        hub.create("s", StreamHub.TEXT, StreamHub.message("1"));
        SERVER.cli(
                "EVAL", "for _, k in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', k) end", "0", key("*"));
        assertThat(hub.exists("s")).isFalse();
        hub.create("s", StreamHub.TEXT, StreamHub.message("2"));
        assertThat(hub.read("s")).containsExactly("2");
        assertThat(hub.heard("s", 2)).hasSize(2);
    }

    @Test
    void closedStoreRefuses() {
        StreamHub other = new StreamHub(config);
        other.close();
        other.close();
        for (CompletableFuture<?> answer : List.<CompletableFuture<?>>of(
                other.store.append("s", StreamHub.message("1")).toCompletableFuture(),
                other.store.create("s", StreamHub.TEXT, StreamAppend.NOTHING).toCompletableFuture(),
                other.store.delete("s").toCompletableFuture(),
                other.store.info("s").toCompletableFuture(),
                other.store.read("s", Offset.START, 1).toCompletableFuture(),
                other.store.list("", "", 1).toCompletableFuture())) {
            assertThatThrownBy(answer::join).hasCauseInstanceOf(LogException.Unavailable.class);
        }
    }
}
