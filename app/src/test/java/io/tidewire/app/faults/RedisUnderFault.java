package io.tidewire.app.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A redis-server that has on disk what it has answered. */
final class RedisUnderFault implements StoreServer {
    private static final Duration START_PATIENCE = Duration.ofSeconds(30);

    private final int port = Ports.free();
    private final Path folder;
    private ChildProcess process;

    RedisUnderFault(Path folder) throws InterruptedException {
        this.folder = folder;
        this.process = launch();
        awaitReady();
    }

    private ChildProcess launch() {
        List<String> command = List.of(
                "redis-server",
                "--bind",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--save",
                "",
                "--appendonly",
                "yes",
                "--appendfsync",
                "always");
        return ChildProcess.start("redis-server (apt-get install redis-server)", folder, command);
    }

    private void awaitReady() throws InterruptedException {
        boolean came = Patience.until(START_PATIENCE, () -> Ports.answers(port) || !process.isAlive());
        if (!came || !process.isAlive()) {
            throw new FaultException("redis-server: not ready; it said:\n" + process.output());
        }
    }

    @Override
    public List<String> hubArguments() {
        return List.of("--store", "redis://127.0.0.1:" + port);
    }

    @Override
    public String name() {
        return "Redis";
    }

    @Override
    public void pause() throws InterruptedException {
        process.pause();
    }

    @Override
    public void goOn() throws InterruptedException {
        process.goOn();
    }

    @Override
    public void killAndRestart() throws InterruptedException {
        process.kill();
        process = launch();
        awaitReady();
    }

    @Override
    public void close() {
        process.kill();
    }
}
