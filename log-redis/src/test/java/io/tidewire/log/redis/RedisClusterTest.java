package io.tidewire.log.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.SlotHash;
import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.LogEntry;
import io.tidewire.log.Update;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A Redis Cluster of three masters: the log is on one of them, whichever has its slot. */
final class RedisClusterTest {
    private static final int SLOTS = 16_384;

    private static final List<RedisServer> NODES = IntStream.range(0, 3)
            .mapToObj(i -> RedisServer.start("--cluster-enabled", "yes", "--cluster-node-timeout", "2000"))
            .toList();

    @BeforeAll
    static void join() {
        List<String> create = new ArrayList<>(List.of("redis-cli", "--cluster", "create"));
        NODES.forEach(node -> create.add("127.0.0.1:" + node.port()));
        create.add("--cluster-yes");
        RedisServer.run(create);
        Awaitility.await()
                .atMost(Hub.PATIENCE)
                .until(() -> NODES.stream()
                        .allMatch(node -> node.cli("CLUSTER", "INFO").contains("cluster_state:ok")));
    }

    @AfterAll
    static void stop() {
        NODES.forEach(RedisServer::close);
    }

    private static RedisConfig config(String prefix) {
        return RedisConfig.of(NODES.stream().map(RedisServer::uri).toArray(String[]::new))
                .withPrefix(prefix);
    }

    @Test
    void logIsOnTheNodeOfItsSlotWhicheverThatIs() {
        for (int third = 0; third < 3; third++) {
            String prefix = prefixInThird(third);
            try (Hub one = new Hub(config(prefix));
                    Hub other = new Hub(NODES.get((third + 1) % 3).config().withPrefix(prefix))) {
                String first = one.append("t", "1");
                AppendResult keyed = one.append(
                        new Append(Update.to("t").id("mine").data("2").build(), "k", first));
                other.append("t", "3");

                assertThat(other.dataAfter(other.resolve(first).position())).containsExactly("2", "3");
                assertThat(one.dataAfter(one.resolve("mine").position())).containsExactly("3");
                assertThat(other.append(new Append(Update.to("t").build(), "k", null)))
                        .isEqualTo(new AppendResult(AppendResult.Outcome.DUPLICATE, keyed.id()));
                assertThat(Hub.data(one.followed(3))).containsExactly("1", "2", "3");
                assertThat(Hub.data(other.followed(3))).containsExactly("1", "2", "3");
            }
        }
    }

    @Test
    void streamsAreOnTheNodeOfTheirSlotWhicheverThatIs() {
        for (int third = 0; third < 3; third++) {
            String prefix = prefixInThird(third);
            try (StreamHub one = new StreamHub(config(prefix));
                    StreamHub other =
                            new StreamHub(NODES.get((third + 1) % 3).config().withPrefix(prefix))) {
                one.create("s/1", StreamHub.TEXT.expiringAfter(Duration.ofHours(1)), StreamHub.message("1"));
                one.create("s/{2}");
                other.append("s/1", "2");

                assertThat(one.read("s/1")).containsExactly("1", "2");
                assertThat(other.list("s/", "", 10)).containsExactly("s/1", "s/{2}");
                assertThat(other.heard("s/1", 2)).hasSize(2);
                assertThat(Hub.await(other.store.delete("s/1"))).isTrue();
                assertThat(one.heard("s/1", 3)).hasSize(3);
            }
        }
    }

    @Test
    void messagesReachHubsOfOneLog() {
        try (Hub one = new Hub(config("bus"));
                Hub other = new Hub(config("bus"))) {
            List<String> heard = RedisStoreTest.hear(other.store.bus());
            one.store.bus().send(new byte[] {'m'});
            Awaitility.await().atMost(Hub.PATIENCE).until(() -> heard.contains("m"));
        }
    }

    @Test
    void logGoesOnWhenItsSlotMovesToAnotherNode() {
        String prefix = prefixInThird(0);
        int slot = SlotHash.getSlot("{" + prefix + "}");
        try (Hub hub = new Hub(config(prefix));
                Load load = new Load(4, hub)) {
            Awaitility.await().atMost(Hub.PATIENCE).until(() -> load.acknowledgedCount() > 200);
            move(slot, NODES.get(0), NODES.get(1));
            int moved = load.acknowledgedCount();
            Awaitility.await().atMost(Hub.PATIENCE).until(() -> load.acknowledgedCount() > moved + 200);
            load.stop();
            hub.awaitReachable();

            assertThat(load.failedOnlyAsUnavailable()).isTrue();
            List<LogEntry> all = hub.readAll(hub.start);
            assertThat(Hub.data(all)).doesNotHaveDuplicates().containsAll(load.acknowledged);
            assertThat(Hub.tokens(hub.followed(all.size()))).isEqualTo(Hub.tokens(all));
        }
    }

    /** As redis-cli --cluster reshard does, for one slot. */
    private static void move(int slot, RedisServer from, RedisServer to) {
        String number = Integer.toString(slot);
        String fromId = from.cli("CLUSTER", "MYID");
        String toId = to.cli("CLUSTER", "MYID");
        to.cli("CLUSTER", "SETSLOT", number, "IMPORTING", fromId);
        from.cli("CLUSTER", "SETSLOT", number, "MIGRATING", toId);
        while (true) {
            String keys = from.cli("CLUSTER", "GETKEYSINSLOT", number, "100");
            if (keys.isEmpty()) {
                break;
            }
            List<String> migrate = new ArrayList<>(
                    List.of("MIGRATE", "127.0.0.1", Integer.toString(to.port()), "", "0", "5000", "KEYS"));
            migrate.addAll(keys.lines().toList());
            from.cli(migrate.toArray(String[]::new));
        }
        to.cli("CLUSTER", "SETSLOT", number, "NODE", toId);
        from.cli("CLUSTER", "SETSLOT", number, "NODE", toId);
    }

    /** {@return a prefix whose slot is the given node's: slots are given out in three runs} */
    private static String prefixInThird(int third) {
        return IntStream.range(0, 1000)
                .mapToObj(i -> "log" + i)
                .filter(prefix -> SlotHash.getSlot("{" + prefix + "}") * 3 / SLOTS == third)
                .findFirst()
                .orElseThrow();
    }
}
