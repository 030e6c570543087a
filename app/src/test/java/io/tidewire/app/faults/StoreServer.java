package io.tidewire.app.faults;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The process that hubs keep their history in, to be stopped and killed under them. Owned by the thread that does that to it. */
abstract class StoreServer implements AutoCloseable {
    private final String name;
    private final String scheme;
    private final Duration startPatience;
    private final int port = Ports.free();
    private @Nullable ChildProcess process;

    StoreServer(String name, String scheme, Duration startPatience) {
        this.name = name;
        this.scheme = scheme;
        this.startPatience = startPatience;
    }

    /** Starts the process on {@link #port}, with what it had on disk. */
    abstract ChildProcess launch();

    final int port() {
        return port;
    }

    final String name() {
        return name;
    }

    /** {@return what a hub is told to use it} */
    final List<String> hubArguments() {
        return List.of("--store", scheme + "://127.0.0.1:" + port);
    }

    final void start() throws InterruptedException {
        ChildProcess started = launch();
        process = started;
        boolean came = Patience.until(startPatience, () -> Ports.answers(port) || !started.isAlive());
        if (!came || !started.isAlive()) {
            throw new FaultException(name + ": not ready; it said:\n" + started.output());
        }
    }

    /** Has it stand still: connections stay open and nobody answers. */
    final void pause() throws InterruptedException {
        process().pause();
    }

    final void goOn() throws InterruptedException {
        process().goOn();
    }

    /** {@code kill -9}, then the same again on the same port. */
    final void killAndRestart() throws InterruptedException {
        process().kill();
        start();
    }

    private ChildProcess process() {
        ChildProcess started = process;
        if (started == null) {
            throw new FaultException(name + ": not started (expected: start() first)");
        }
        return started;
    }

    @Override
    public final void close() {
        process().kill();
    }
}
