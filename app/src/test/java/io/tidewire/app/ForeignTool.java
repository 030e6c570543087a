package io.tidewire.app;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A process of somebody else's program, line by line. */
final class ForeignTool implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;
    private static final Map<String, String> PACKAGES = Map.of("node", "nodejs", "ip", "iproute2");
    private static final Path JS = Path.of("src/test/js");

    private final Process process;
    private final BufferedWriter in;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Queue<String> all = new ConcurrentLinkedQueue<>();

    private ForeignTool(Process process) {
        this.process = process;
        this.in = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "tool-reader");
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts a program; where it is missing the test is skipped, and fails in CI. */
    static ForeignTool start(String program, String... arguments) throws IOException {
        require(program);
        List<String> command = new java.util.ArrayList<>(List.of(program));
        command.addAll(List.of(arguments));
        return new ForeignTool(
                new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** Starts one of our scripts with npm packages of others. */
    static ForeignTool script(String name, String... arguments) throws IOException, InterruptedException {
        require("node");
        require("npm");
        Path home = Path.of("target/js");
        installPackages(home);
        List<String> command = new java.util.ArrayList<>(List.of("node", name));
        command.addAll(List.of(arguments));
        return new ForeignTool(new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .start());
    }

    /** Copies the scripts, and installs their packages unless the ones there are of this lock file and complete. */
    private static void installPackages(Path home) throws IOException, InterruptedException {
        Files.createDirectories(home);
        Path lock = home.resolve("package-lock.json");
        boolean there = Files.exists(home.resolve("node_modules/.package-lock.json")) // npm writes it last
                && Files.exists(lock)
                && Files.mismatch(JS.resolve("package-lock.json"), lock) == -1;
        for (String file :
                List.of("package.json", "package-lock.json", "eventsource.mjs", "browser.mjs", "streams.mjs")) {
            Files.copy(JS.resolve(file), home.resolve(file), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
        if (there) {
            return;
        }
        Process npm = new ProcessBuilder("npm", "ci", "--no-audit", "--no-fund")
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("npm.log").toFile())
                .start();
        if (npm.waitFor() != 0) {
            throw new IOException("npm ci failed: " + Files.readString(home.resolve("npm.log")));
        }
    }

    /** Skips the test where a program is missing; in CI, fails. */
    static void require(String program) {
        boolean there = program.contains("/")
                ? new File(program).canExecute()
                : Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(folder -> new File(folder, program).canExecute());
        String name = Path.of(program).getFileName().toString();
        String missing = program + " is missing; apt-get install " + PACKAGES.getOrDefault(name, name);
        if (!there && "true".equals(System.getenv("CI"))) {
            throw new AssertionError(missing);
        }
        assumeTrue(there, missing);
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                all.add(line);
                lines.add(line);
            }
        } catch (IOException e) {
            all.add(e.toString());
        }
    }

    /** {@return the next line with that text; those before it are passed over} */
    String line(String text) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < deadlineNanos) {
            String line = lines.poll(100, TimeUnit.MILLISECONDS);
            if (line != null && line.contains(text)) {
                return line;
            }
            if (line == null && !process.isAlive() && lines.isEmpty()) {
                break;
            }
        }
        throw new AssertionError("no line with <" + text + ">; came:\n" + output());
    }

    /** Says a line to it and {@return its next line}. */
    String ask(String line) throws IOException, InterruptedException {
        in.write(line + "\n");
        in.flush();
        return line("{");
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    String output() {
        return String.join("\n", all);
    }

    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        // The parent first: nginx's master would start a new worker for the one that was killed, and leave it behind.
        List<ProcessHandle> children = process.descendants().toList();
        kill();
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
