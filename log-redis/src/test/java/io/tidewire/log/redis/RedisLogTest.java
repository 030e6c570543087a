package io.tidewire.log.redis;

import io.tidewire.log.EventLog;
import io.tidewire.log.Retention;
import io.tidewire.testkit.EventLogContract;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;

/** The contract on a Redis by itself. */
final class RedisLogTest extends EventLogContract {
    private static final RedisServer SERVER = RedisServer.start();
    private static final List<RedisStore> STORES = new ArrayList<>();

    @AfterAll
    static void stop() {
        STORES.forEach(RedisStore::close);
        SERVER.close();
    }

    @Override
    protected EventLog open(Retention retention, InstantSource clock) {
        RedisConfig config = SERVER.config().withPrefix(UUID.randomUUID().toString());
        RedisStore store = RedisStore.connect(config, retention, clock);
        STORES.add(store);
        return store.log();
    }
}
