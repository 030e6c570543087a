package io.tidewire.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The packaged command in a process of its own that has come to its end. Its two outputs go to files: nothing can fill a pipe.
 *
 * @param exitCode what it ended with
 * @param out what it said on stdout
 * @param err what it said on stderr
 */
record EndedCommand(int exitCode, String out, String err) {
    private static final long PATIENCE_SECONDS = 60;

    /** Runs the jar in a folder, with no variable of ours but those given. */
    static EndedCommand jar(Path folder, Map<String, String> variables, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Path.of("target/tidewire.jar").toAbsolutePath().toString()));
        command.addAll(List.of(arguments));
        return run(folder, variables, command);
    }

    /** Runs any program. */
    static EndedCommand run(Path folder, Map<String, String> variables, List<String> command)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("TIDEWIRE_"));
        builder.environment().putAll(variables);
        Process process = builder.start();
        process.getOutputStream().close();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(command + " did not end; it said:\n" + Files.readString(err));
        }
        return new EndedCommand(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }
}
