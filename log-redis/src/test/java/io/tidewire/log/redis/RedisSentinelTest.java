package io.tidewire.log.redis;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.tidewire.log.LogEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A master with two replicas and a sentinel that makes one of them master when it ends. */
final class RedisSentinelTest {
    @Test
    void logGoesOnAfterAFailoverAndHasWhatAReplicaHad() throws IOException {
        try (RedisServer master = RedisServer.start();
                RedisServer one = replicaOf(master);
                RedisServer other = replicaOf(master);
                RedisServer sentinel = sentinelOf(master);
                Recorder recorder = new Recorder()) {
            awaitReplicas(master, sentinel);
            RedisConfig config = RedisConfig.of("redis-sentinel://127.0.0.1:" + sentinel.port() + "#events")
                    .withCommandTimeout(Duration.ofSeconds(2))
                    .withMinReplicas(1);
            try (Hub hub = new Hub(config);
                    Hub second = new Hub(config);
                    Load load = new Load(4, hub, second)) {
                Awaitility.await().atMost(Hub.PATIENCE).until(() -> load.acknowledgedCount() > 200);
                master.kill();
                Awaitility.await().atMost(Hub.PATIENCE).until(() -> load.failures.size() > 10);
                int before = load.acknowledgedCount();
                Awaitility.await().atMost(Hub.PATIENCE).until(() -> load.acknowledgedCount() > before + 200);
                load.stop();
                hub.awaitReachable(); // the other one may have been first to find the new master
                second.awaitReachable();

                assertThat(load.failedOnlyAsUnavailable()).isTrue();
                List<LogEntry> all = hub.readAll(hub.start);
                assertThat(Hub.data(all)).doesNotHaveDuplicates().containsAll(load.acknowledged);
                assertThat(Hub.data(hub.followed(all.size())))
                        .doesNotHaveDuplicates()
                        .containsAll(load.acknowledged);
                assertThat(Hub.data(second.followed(all.size()))).containsAll(load.acknowledged);
            }
            assertThat(recorder.messages(Level.INFO))
                    .anyMatch(line -> line.contains("127.0.0.1:" + master.port() + " is lost"))
                    .anyMatch(line -> line.equals("Redis at 127.0.0.1:" + one.port() + " is back")
                            || line.equals("Redis at 127.0.0.1:" + other.port() + " is back"));
        }
    }

    private static RedisServer replicaOf(RedisServer master) {
        return RedisServer.start(
                "--replicaof", "127.0.0.1", Integer.toString(master.port()), "--repl-diskless-sync-delay", "0");
    }

    private static RedisServer sentinelOf(RedisServer master) throws IOException {
        int port = RedisServer.freePort();
        Path directory = RedisServer.newDirectory();
        Path file = directory.resolve("sentinel.conf");
        Files.writeString(file, """
                port %d
                bind 127.0.0.1
                sentinel monitor events 127.0.0.1 %d 1
                sentinel down-after-milliseconds events 500
                sentinel failover-timeout events 5000
                """.formatted(port, master.port()));
        return RedisServer.startAt(port, directory, List.of(file.toString(), "--sentinel"));
    }

    private static void awaitReplicas(RedisServer master, RedisServer sentinel) {
        Awaitility.await()
                .atMost(Hub.PATIENCE)
                .until(() -> master.cli("INFO", "replication")
                                        .lines()
                                        .filter(line -> line.contains("state=online"))
                                        .count()
                                == 2
                        && sentinel.cli("SENTINEL", "REPLICAS", "events")
                                        .lines()
                                        .filter("name"::equals)
                                        .count()
                                == 2);
    }
}
