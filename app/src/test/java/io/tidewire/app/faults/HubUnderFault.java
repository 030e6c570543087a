package io.tidewire.app.faults;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A packaged hub on a port of its own, killed or drained, and started again there. Owned by the thread that does that to it. */
final class HubUnderFault implements AutoCloseable {
    private static final String READY = "Tidewire is ready";
    /** A JVM beside others on two busy cores. */
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);

    private final String name;
    private final Path folder;
    private final int port = Ports.free();
    private final List<String> command = new ArrayList<>();
    private ChildProcess process;
    private long startedNanos;
    private boolean ready;
    private Duration longestStart = Duration.ZERO;

    HubUnderFault(String name, Path folder, List<String> arguments) {
        this.name = name;
        this.folder = folder;
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", // most live for seconds: C2 would compile until they die
                "-Xmx512m",
                "-jar",
                jar().toString(),
                "serve",
                "--auth-anonymous-publish",
                "--port",
                Integer.toString(port)));
        command.addAll(arguments);
        this.startedNanos = System.nanoTime();
        this.process = ChildProcess.start(name, folder, command);
    }

    private static Path jar() {
        Path jar = Path.of(System.getProperty("tidewire.jar", "target/tidewire.jar"));
        if (!jar.toFile().exists()) {
            throw new FaultException(jar + ": missing (expected: the packaged hub; ./mvnw -pl app -am package)");
        }
        return jar.toAbsolutePath();
    }

    /** Starts it again on its port; {@link #awaitReady} follows. */
    void start() {
        ready = false;
        startedNanos = System.nanoTime();
        process = ChildProcess.start(name, folder, command);
    }

    void awaitReady() throws InterruptedException {
        if (!becomesReady(START_PATIENCE)) {
            throw new FaultException(name + ": not ready (expected: within " + START_PATIENCE.toSeconds()
                    + " s of its start); it said:\n" + process.output());
        }
    }

    /** {@return whether it became ready in that time} A hub that ends instead has not started, which is a fault of its own. */
    boolean becomesReady(Duration patience) throws InterruptedException {
        boolean came = Patience.until(patience, () -> process.hasSaid(READY) || !process.isAlive());
        if (came && !process.hasSaid(READY)) {
            throw new FaultException(name + ": ended while it started; it said:\n" + process.output());
        }
        if (came && !ready) {
            ready = true;
            Duration took = Duration.ofNanos(System.nanoTime() - startedNanos);
            longestStart = took.compareTo(longestStart) > 0 ? took : longestStart;
        }
        return came;
    }

    void kill() {
        process.kill();
    }

    /** SIGTERM. */
    void terminate() {
        process.terminate();
    }

    void awaitEnd(Duration patience) throws InterruptedException {
        process.awaitEnd(patience);
    }

    String name() {
        return name;
    }

    String output() {
        return process.output();
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    Duration longestStart() {
        return longestStart;
    }

    @Override
    public void close() {
        process.kill();
    }
}
