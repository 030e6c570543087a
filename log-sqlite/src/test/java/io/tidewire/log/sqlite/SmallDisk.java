package io.tidewire.log.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A file system of a few megabytes, mounted for a test. Needs root: without it the test is skipped, but never in CI. */
final class SmallDisk implements AutoCloseable {
    private final Path directory;

    private SmallDisk(Path directory) {
        this.directory = directory;
    }

    static SmallDisk at(Path directory, String size) throws IOException {
        String failure = run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", directory.toString());
        if (System.getenv("CI") != null) {
            assertThat(failure).as("mounting a small disk").isEmpty();
        }
        Assumptions.assumeTrue(failure.isEmpty(), failure);
        return new SmallDisk(directory);
    }

    void remount(String options) throws IOException {
        assertThat(run("mount", "-o", "remount," + options, directory.toString()))
                .isEmpty();
    }

    private static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return process.exitValue() == 0 ? "" : String.join(" ", command) + ": " + said;
    }

    @Override
    public void close() throws IOException {
        assertThat(run("umount", directory.toString())).isEmpty();
    }
}
