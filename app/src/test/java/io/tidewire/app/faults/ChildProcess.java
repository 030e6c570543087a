package io.tidewire.app.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A process of ours that gets signals, and that ends with us however we end. Safe for any thread. */
final class ChildProcess {
    private static final Set<ChildProcess> ALIVE = ConcurrentHashMap.newKeySet();
    /** Enough to see why one died; a hub whose store is away says something every second. */
    private static final int LINES_KEPT = 200;

    /** From the first signal on: the run goes on beside the hook, and would start another. */
    private static volatile boolean ending;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(ChildProcess::endAll));
    }

    private final Process process;
    private final String name;
    /** Guarded by itself. */
    private final Deque<String> lines = new ArrayDeque<>();

    private ChildProcess(String name, Process process) {
        this.name = name;
        this.process = process;
    }

    private static void endAll() {
        ending = true;
        ALIVE.forEach(child -> child.process.destroyForcibly());
    }

    static ChildProcess start(String name, Path directory, List<String> command) {
        try {
            ChildProcess child = new ChildProcess(
                    name,
                    new ProcessBuilder(command)
                            .directory(directory.toFile())
                            .redirectErrorStream(true)
                            .start());
            ALIVE.add(child);
            child.process.onExit().thenRun(() -> ALIVE.remove(child));
            if (ending) {
                child.process.destroyForcibly();
            }
            Thread reader = new Thread(child::read, name + "-output");
            reader.setDaemon(true);
            reader.start();
            return child;
        } catch (IOException e) {
            throw new FaultException(name + ": cannot be started: " + e.getMessage(), e);
        }
    }

    private void read() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                say(line);
            }
        } catch (IOException e) {
            say(e.toString()); // killed
        }
    }

    private void say(String line) {
        synchronized (lines) {
            lines.add(line);
            if (lines.size() > LINES_KEPT) {
                lines.remove();
            }
        }
    }

    /** {@return whether it has said that, lately} */
    boolean hasSaid(String text) {
        synchronized (lines) {
            return lines.stream().anyMatch(line -> line.contains(text));
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** {@return what it said last} */
    String output() {
        synchronized (lines) {
            return String.join("\n", lines);
        }
    }

    /** {@code kill -9}, also of one that stands still. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    void awaitEnd(Duration patience) throws InterruptedException {
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new FaultException(
                    name + ": still there " + patience.toSeconds() + " s later; it said:\n" + output());
        }
    }

    /** SIGSTOP: connections stay open and nobody answers. */
    void pause() throws InterruptedException {
        signal("STOP");
    }

    /** SIGCONT. */
    void goOn() throws InterruptedException {
        signal("CONT");
    }

    private void signal(String signal) throws InterruptedException {
        try {
            int exit = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new FaultException(name + ": kill -" + signal + " answered " + exit);
            }
        } catch (IOException e) {
            throw new FaultException(name + ": kill -" + signal + ": " + e.getMessage(), e);
        }
    }
}
