package io.tidewire.app.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A redis-server that has on disk what it has answered. */
final class RedisUnderFault extends StoreServer {
    private final Path folder;

    RedisUnderFault(Path folder) throws InterruptedException {
        super("Redis", "redis", Duration.ofSeconds(30));
        this.folder = folder;
        start();
    }

    @Override
    ChildProcess launch() {
        List<String> command = List.of(
                "redis-server",
                "--bind",
                "127.0.0.1",
                "--port",
                Integer.toString(port()),
                "--save",
                "",
                "--appendonly",
                "yes",
                "--appendfsync",
                "always");
        return ChildProcess.start("redis-server (apt-get install redis-server)", folder, command);
    }
}
