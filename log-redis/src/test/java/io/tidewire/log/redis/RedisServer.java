package io.tidewire.log.redis;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A redis-server of a test's own: on a free port, with a directory of its own, to be killed, paused and started again. */
final class RedisServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final int port;
    private final Path directory;
    private final List<String> command = new ArrayList<>();
    private Process process;

    private RedisServer(int port, Path directory, List<String> options) {
        this.port = port;
        this.directory = directory;
        command.addAll(List.of("redis-server"));
        command.addAll(options);
        this.process = launch();
        // A run that is broken off leaves no server behind.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> process.destroyForcibly()));
    }

    /** Starts one without any file. */
    static RedisServer start(String... options) {
        int port = freePort();
        List<String> all = new ArrayList<>(
                List.of("--port", Integer.toString(port), "--save", "", "--bind", "127.0.0.1", "--loglevel", "notice"));
        all.addAll(List.of(options));
        return new RedisServer(port, newDirectory(), all);
    }

    /** Starts one that loses nothing when it is killed. */
    static RedisServer durable(String... options) {
        List<String> all = new ArrayList<>(List.of("--appendonly", "yes", "--appendfsync", "always"));
        all.addAll(List.of(options));
        return start(all.toArray(String[]::new));
    }

    /** Starts one whose port the options say, or a sentinel by its file. */
    static RedisServer startAt(int port, Path directory, List<String> options) {
        return new RedisServer(port, directory, options);
    }

    static Path newDirectory() {
        try {
            return Files.createTempDirectory("tidewire-redis");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = socket.getLocalPort();
            return port < 50_000 ? port : port - 20_000; // a cluster's bus listens 10,000 higher
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process launch() {
        File output = directory.resolve("output").toFile();
        try {
            Process started = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output))
                    .start();
            Awaitility.await().atMost(PATIENCE).until(() -> {
                if (!started.isAlive()) {
                    throw new IllegalStateException(
                            String.join(" ", command) + " ended:\n" + Files.readString(output.toPath()));
                }
                return isListening();
            });
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException("redis-server cannot be run; install it (apt-get install redis-server)", e);
        }
    }

    private boolean isListening() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    int port() {
        return port;
    }

    Path directory() {
        return directory;
    }

    String uri() {
        return "redis://127.0.0.1:" + port;
    }

    RedisConfig config() {
        return RedisConfig.of(uri());
    }

    /** {@return what redis-cli prints for a command} */
    String cli(String... arguments) {
        List<String> all = new ArrayList<>(List.of("redis-cli", "-e", "-p", Integer.toString(port)));
        all.addAll(List.of(arguments));
        return run(all);
    }

    static String run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ":\n" + output);
            }
            return output.trim();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Stops it without a farewell: connections stay open and nobody answers. */
    void pause() {
        run(List.of("kill", "-STOP", Long.toString(process.pid())));
    }

    void resume() {
        run(List.of("kill", "-CONT", Long.toString(process.pid())));
    }

    /** Ends it as a power cut would, as far as a process can. */
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts it again after {@link #kill}, with the same files. */
    void restart() {
        process = launch();
    }

    @Override
    public void close() {
        kill();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
