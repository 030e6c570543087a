package io.tidewire.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code ./tidewire}, copied beside a jar that needs no building, with a java that only tells how it was called. */
class LauncherIT {
    @TempDir
    Path folder = Path.of("");

    @BeforeEach
    void copy() throws IOException {
        Files.copy(Path.of("../tidewire"), folder.resolve("tidewire"));
        executable(folder.resolve("tidewire"));
        Path jar = Files.createDirectories(folder.resolve("app/target")).resolve("tidewire.jar");
        Files.setLastModifiedTime(Files.createFile(jar), FileTime.from(Instant.parse("2030-01-01T00:00:00Z")));
    }

    private static void executable(Path script) throws IOException {
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Makes a JDK of that version; {@return its folder}. */
    private String java(String version) throws IOException {
        Path home = folder.resolve("jdk-" + version);
        Path java =
                Files.writeString(Files.createDirectories(home.resolve("bin")).resolve("java"), """
                #!/bin/sh
                if [ "$1" = -XshowSettings:properties ]; then
                  echo "    java.specification.version = %s" >&2
                else
                  printf '%%s\\n' "$@"
                fi
                """.formatted(version));
        executable(java);
        return home.toString();
    }

    private EndedCommand launch(Map<String, String> variables, String... arguments)
            throws IOException, InterruptedException {
        List<String> command =
                new java.util.ArrayList<>(List.of(folder.resolve("tidewire").toString()));
        command.addAll(List.of(arguments));
        return EndedCommand.run(folder, variables, command);
    }

    @Test
    void tooOldJavaIsOneLineThatSaysWhatToInstall() throws Exception {
        for (String version : List.of("11", "1.8")) {
            EndedCommand ended = launch(Map.of("JAVA_HOME", java(version)), "serve");
            assertThat(ended.exitCode()).isEqualTo(1);
            assertThat(ended.err().strip())
                    .contains("Java 17 or newer", "apt-get install", version)
                    .hasLineCount(1);
        }
    }

    @Test
    void argumentsArriveAsTheyWereAndOptionsOfTheUserComeLast() throws Exception {
        EndedCommand ended = launch(
                Map.of("JAVA_HOME", java("17"), "TIDEWIRE_JAVA_OPTS", "-Xmx1g -Dx=y"), "publish", "a b", "", "c*");
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        List<String> lines = ended.out().lines().toList();
        int jar = lines.indexOf("-jar");
        assertThat(lines.subList(jar - 2, jar)).containsExactly("-Xmx1g", "-Dx=y");
        assertThat(lines.subList(jar + 2, lines.size())).containsExactly("publish", "a b", "", "c*");
    }

    @Test
    void flagsOfNewerJavaAreGivenToNewerJavaOnly() throws Exception {
        assertThat(launch(Map.of("JAVA_HOME", java("17")), "serve").out()).doesNotContain("+UseCompactObjectHeaders");
        assertThat(launch(Map.of("JAVA_HOME", java("25")), "serve").out()).contains("+UseCompactObjectHeaders");
    }
}
