package io.tidewire.log.redis;

import static io.tidewire.log.AppendResult.Outcome.APPENDED;
import static io.tidewire.log.AppendResult.Outcome.CONFLICT;
import static io.tidewire.log.AppendResult.Outcome.DUPLICATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Interest;
import io.tidewire.log.LogEntry;
import io.tidewire.log.LogException;
import io.tidewire.log.MessageBus;
import io.tidewire.log.Page;
import io.tidewire.log.Read;
import io.tidewire.log.Retention;
import io.tidewire.log.TopicRetention;
import io.tidewire.log.Update;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Several hubs on one Redis, and what lies in it. */
final class RedisStoreTest {
    private static final RedisServer SERVER = RedisServer.start();

    private final RedisConfig config =
            SERVER.config().withPrefix(UUID.randomUUID().toString());

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    private String key(String name) {
        return "{" + config.prefix() + "}:" + name;
    }

    @Test
    void whatOneAppendsBothFollowInOneOrder() {
        try (Hub one = new Hub(config);
                Hub other = new Hub(config)) {
            for (int i = 0; i < 50; i++) {
                (i % 3 == 0 ? other : one).append("t" + i % 2, "d" + i);
            }

            List<LogEntry> followed = one.followed(50);
            assertThat(Hub.data(followed))
                    .isEqualTo(IntStream.range(0, 50).mapToObj(i -> "d" + i).toList());
            assertThat(Hub.tokens(other.followed(50))).isEqualTo(Hub.tokens(followed));
        }
    }

    @Test
    void manyWritersOnTwoHubsMakeOneOrderForAll() {
        try (Hub one = new Hub(config);
                Hub other = new Hub(config)) {
            Load load = new Load(8, one, other);
            Awaitility.await().atMost(Hub.PATIENCE).until(() -> load.acknowledgedCount() > 2000);
            load.stop();

            List<LogEntry> all = one.readAll(one.start);
            assertThat(Hub.data(all)).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(load.acknowledged);
            assertThat(Hub.tokens(one.followed(all.size()))).isEqualTo(Hub.tokens(all));
            assertThat(Hub.tokens(other.followed(all.size()))).isEqualTo(Hub.tokens(all));
            assertThat(load.failures).isEmpty();
        }
    }

    @Test
    void tokenOfOneHubIsResumedOnTheOther() {
        try (Hub one = new Hub(config);
                Hub other = new Hub(config)) {
            String first = one.append("t", "1");
            one.append("t", "2");
            one.append(Append.of(Update.to("t").id("mine").data("3").build()));
            other.append("t", "4");

            assertThat(other.resolve(first).gap()).isNull();
            assertThat(other.dataAfter(other.resolve(first).position())).containsExactly("2", "3", "4");
            assertThat(other.dataAfter(other.resolve("mine").position())).containsExactly("4");
        }
    }

    @Test
    void keysAndExpectationsHoldAcrossHubs() {
        try (Hub one = new Hub(config);
                Hub other = new Hub(config)) {
            Append keyed = new Append(Update.to("t").data("1").build(), "k", Append.NOTHING);
            AppendResult first = one.append(keyed);
            assertThat(first.outcome()).isEqualTo(APPENDED);

            assertThat(other.append(keyed)).isEqualTo(new AppendResult(DUPLICATE, first.id()));
            assertThat(other.append(new Append(keyed.update(), null, Append.NOTHING)))
                    .isEqualTo(new AppendResult(CONFLICT, first.id()));
            assertThat(other.append(new Append(keyed.update(), null, first.id()))
                            .outcome())
                    .isEqualTo(APPENDED);
        }
    }

    @Test
    void ofManyWhoExpectTheSameOneWins() {
        try (Hub one = new Hub(config);
                Hub other = new Hub(config)) {
            var answers = IntStream.range(0, 40)
                    .mapToObj(i -> (i % 2 == 0 ? one : other)
                            .log.append(List.of(
                                    new Append(Update.to("t").data("d" + i).build(), null, Append.NOTHING))))
                    .toList();

            assertThat(answers.stream().map(answer -> Hub.await(answer).get(0).outcome()))
                    .containsOnlyOnce(APPENDED)
                    .contains(CONFLICT);
            assertThat(one.dataAfter(one.earliest())).hasSize(1);
        }
    }

    @Test
    void logOutlivesItsHubs() {
        String first;
        try (Hub hub = new Hub(config)) {
            first = hub.append("t", "1");
            hub.append(new Append(Update.to("t").data("2").build(), "k", null));
        }

        try (Hub hub = new Hub(config)) {
            assertThat(hub.append(new Append(Update.to("t").data("again").build(), "k", null))
                            .outcome())
                    .isEqualTo(DUPLICATE);
            hub.append("t", "3");
            assertThat(hub.dataAfter(hub.resolve(first).position())).containsExactly("2", "3");
            assertThat(Hub.data(hub.followed(1))).containsExactly("3");
        }
    }

    @Test
    void idOfAnEmptiedRedisIsAGap() {
        try (Hub hub = new Hub(config);
                Recorder recorder = new Recorder()) {
            String before = hub.append("t", "before");
            LogEntry entry = hub.followed(1).get(0);
            SERVER.cli(
                    "EVAL",
                    "for _, k in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', k) end",
                    "0",
                    "{" + config.prefix() + "}*");
            hub.append("t", "after");

            assertThat(hub.resolve(before).gap()).isNotNull();
            assertThat(hub.dataAfter(hub.resolve(before).position())).containsExactly("after");
            Page page = Hub.await(hub.log.read(new Read(entry.position(), Read.Mode.ALL, Interest.ALL, 10, 1000)));
            assertThat(page.gap()).isNotNull();
            assertThat(Hub.data(page.entries())).containsExactly("after");
            LogEntry later = hub.followed(2).get(1);
            assertThat(later.update().data()).isEqualTo("after");
            assertThat(entry.position().covers(later.position())).isFalse();
            assertThat(later.position().covers(entry.position())).isTrue();
            Awaitility.await()
                    .atMost(Hub.PATIENCE)
                    .until(() -> recorder.messages(ch.qos.logback.classic.Level.ERROR)
                                    .size()
                            == 1);
        }
    }

    @Test
    void prefixesAreApart() {
        try (Hub one = new Hub(config);
                Hub other = new Hub(config.withPrefix(config.prefix() + "-other"))) {
            String id = one.append("t", "1");
            other.append("t", "2");

            assertThat(one.dataAfter(one.earliest())).containsExactly("1");
            assertThat(other.resolve(id).gap()).isNotNull();
        }
    }

    @Test
    void foreignKeyUnderOurPrefixIsRefused() {
        SERVER.cli("SET", key("events"), "a string");

        assertThatThrownBy(() -> new Hub(config))
                .isInstanceOf(LogException.Unavailable.class)
                .hasMessageContaining(key("events") + " is a string");
    }

    @Test
    void streamThatIsNotOursIsRefused() {
        SERVER.cli("XADD", key("events"), "*", "f", "v");

        assertThatThrownBy(() -> new Hub(config))
                .isInstanceOf(LogException.Unavailable.class)
                .hasMessageContaining(key("meta") + " is not");
    }

    @Test
    void logOfALaterFormatIsRefused() {
        SERVER.cli("HSET", key("meta"), "format", "2");

        assertThatThrownBy(() -> new Hub(config))
                .isInstanceOf(LogException.Unavailable.class)
                .hasMessageContaining("of format 2");
    }

    @Test
    void forgottenScriptsAreSentAgain() {
        try (Hub hub = new Hub(config)) {
            hub.append("t", "1");
            SERVER.cli("SCRIPT", "FLUSH");

            hub.append("t", "2");
            assertThat(hub.dataAfter(hub.earliest())).containsExactly("1", "2");
        }
    }

    @Test
    void whatWasCutLeavesRedisAndTheIndexes() {
        Retention ten = new Retention(10, 1 << 30, Duration.ofDays(1))
                .withTopics(List.of(TopicRetention.of("chat/*").maxEvents(1)));
        try (Hub hub = new Hub(config, ten)) {
            for (int i = 0; i < 500; i++) {
                hub.append(Append.of(Update.to((i % 2 == 0 ? "chat/" : "t") + i % 20)
                        .id("id" + i)
                        .key("k" + i)
                        .build()));
            }

            assertThat(hub.readAll(hub.earliest())).hasSize(10);
            Awaitility.await().atMost(Hub.PATIENCE).untilAsserted(() -> {
                // Redis trims by whole nodes of a hundred
                assertThat(Integer.parseInt(SERVER.cli("XLEN", key("events")))).isLessThan(200);
                assertThat(Integer.parseInt(SERVER.cli("ZCARD", key("ids")))).isEqualTo(10);
                assertThat(Integer.parseInt(SERVER.cli("HLEN", key("newest")))).isLessThanOrEqualTo(20);
                assertThat(Integer.parseInt(SERVER.cli("ZCARD", key("ruled")))).isLessThanOrEqualTo(10);
                assertThat(SERVER.cli("LLEN", key("doomed"))).isEqualTo("0");
                assertThat(Integer.parseInt(SERVER.cli("HLEN", key("cut-ids")))).isLessThanOrEqualTo(20);
            });
            assertThat(SERVER.cli("HGET", key("meta"), "count")).isEqualTo("10");
        }
    }

    @Test
    void followerIsHandedWhatANarrowBoundHasCutAlready() {
        try (Hub one = new Hub(config, new Retention(1, 1 << 30, Duration.ofDays(1)));
                Hub other = new Hub(config, new Retention(1, 1 << 30, Duration.ofDays(1)))) {
            Hub.await(one.log.append(IntStream.range(0, 300)
                    .mapToObj(i -> Hub.event("t", "d" + i))
                    .toList()));

            assertThat(Hub.tokens(other.followed(300))).isEqualTo(Hub.tokens(one.followed(300)));
            assertThat(one.readAll(one.earliest())).hasSize(1);
        }
    }

    @Test
    void messagesReachEveryHubInTheOrderOfTheirSender() {
        try (Hub one = new Hub(config);
                Hub other = new Hub(config)) {
            List<String> heardByOne = hear(one.store.bus());
            List<String> heardByOther = hear(other.store.bus());
            List<String> sent = IntStream.range(0, 500).mapToObj(i -> "m" + i).toList();
            sent.forEach(message -> one.store.bus().send(message.getBytes(StandardCharsets.UTF_8)));

            Awaitility.await().atMost(Hub.PATIENCE).until(() -> heardByOther.size() == 500 && heardByOne.size() == 500);
            assertThat(heardByOther).isEqualTo(sent);
            assertThat(heardByOne).isEqualTo(sent);
            assertThat(one.followed).isEmpty();
        }
    }

    @Test
    void messageThatIsTooLongIsRefusedAndTheLongestIsNot() {
        try (Hub hub = new Hub(config)) {
            List<byte[]> heard = new CopyOnWriteArrayList<>();
            hub.store.bus().listen(heard::add);
            assertThatThrownBy(() -> hub.store.bus().send(new byte[MessageBus.MAX_BYTES + 1]))
                    .isInstanceOf(IllegalArgumentException.class);
            hub.store.bus().send(new byte[MessageBus.MAX_BYTES]);

            Awaitility.await().atMost(Hub.PATIENCE).until(() -> heard.size() == 1);
            assertThat(heard.get(0)).hasSize(MessageBus.MAX_BYTES);
        }
    }

    static List<String> hear(MessageBus bus) {
        List<String> heard = new CopyOnWriteArrayList<>();
        bus.listen(message -> heard.add(new String(message, StandardCharsets.UTF_8)));
        return heard;
    }
}
