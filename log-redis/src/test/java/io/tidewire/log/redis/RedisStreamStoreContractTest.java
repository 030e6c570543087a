package io.tidewire.log.redis;

import io.tidewire.stream.StreamLimits;
import io.tidewire.stream.StreamStore;
import io.tidewire.testkit.StreamStoreContract;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;

/** The contract on a Redis by itself, whose clock it is. */
final class RedisStreamStoreContractTest extends StreamStoreContract {
    private static final RedisServer SERVER = RedisServer.start();
    private static final Duration SHORT_LIFE = Duration.ofSeconds(2);

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @Override
    protected StreamStore open(StreamLimits limits, InstantSource clock) {
        return RedisStreamStore.connect(
                SERVER.config().withPrefix(UUID.randomUUID().toString()), limits);
    }

    @Override
    protected boolean goesByTheClock() {
        return false;
    }

    @Override
    protected void pass(Duration time) {
        long end = nowMillis() + time.toMillis();
        Awaitility.await().atMost(time.plus(Hub.PATIENCE)).until(() -> nowMillis() >= end);
    }

    private static long nowMillis() {
        String[] time = SERVER.cli("TIME").split("\n");
        return Long.parseLong(time[0].trim()) * 1000 + Long.parseLong(time[1].trim()) / 1000;
    }

    @Override
    protected Duration shortLife() {
        return SHORT_LIFE;
    }
}
