package io.tidewire.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people meet who run the jar: settings from three places, and mistakes. */
class PackagedCommandIT {
    @TempDir
    Path folder = Path.of("");

    private EndedCommand run(Map<String, String> variables, String... arguments)
            throws IOException, InterruptedException {
        return EndedCommand.jar(folder, variables, arguments);
    }

    @Test
    void fileInTheWorkingFolderIsReadAndTheEnvironmentAndFlagsWinOverIt() throws Exception {
        Files.writeString(folder.resolve("tidewire.yaml"), "port: 1\nretry: 7s\nhistory:\n  events: 5\n");
        EndedCommand ended = run(
                Map.of("TIDEWIRE_PORT", "2", "TIDEWIRE_HISTORY_EVENTS", "6"), "serve", "--print-config", "--port", "3");
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        assertThat(ended.out())
                .contains("port: 3  # --port", "history.events: 6  # TIDEWIRE_HISTORY_EVENTS")
                .contains("retry: 7s  # tidewire.yaml", "threads: 0  # default");
    }

    @Test
    void secretsAreNotPrinted() throws Exception {
        EndedCommand ended = run(
                Map.of("TIDEWIRE_AUTH_SECRET", "a secret of more than thirty-two bytes"), "serve", "--print-config");
        assertThat(ended.out()).contains("auth.secret: ********  # TIDEWIRE_AUTH_SECRET");
    }

    @Test
    void unknownVariableIsOneLineWithTheNearestKnownOne() throws Exception {
        EndedCommand ended = run(Map.of("TIDEWIRE_KEEPALIVE", "5s"), "serve", "--port", "0");
        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.err().strip()).contains("TIDEWIRE_KEEP_ALIVE").hasLineCount(1);
    }

    @Test
    void unknownKeyOfTheFileIsOneLineWithTheNearestKnownOne() throws Exception {
        Files.writeString(folder.resolve("tidewire.yaml"), "limits:\n  topic: 3\n");
        EndedCommand ended = run(Map.of(), "serve", "--port", "0");
        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.err().strip())
                .contains("limits.topic (did you mean limits.topics?)")
                .hasLineCount(1);
    }

    @Test
    void portInUseIsOneLineAndNoStackTrace() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            EndedCommand ended = run(Map.of(), "serve", "--dev", "--port", String.valueOf(taken.getLocalPort()));
            assertThat(ended.exitCode()).isEqualTo(1);
            assertThat(ended.err().strip())
                    .contains("cannot listen on 127.0.0.1:" + taken.getLocalPort())
                    .doesNotContain("\tat ")
                    .hasLineCount(1);
        }
    }

    @Test
    void versionIsOneLine() throws Exception {
        EndedCommand ended = run(Map.of(), "--version");
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.out().strip()).startsWith("tidewire ").hasLineCount(1);
    }

    @Test
    void nothingWarnsAtTheStart() throws Exception {
        EndedCommand ended = run(
                Map.of(), "bench", "--subscribers", "5", "--duration", "200ms", "--warmup", "100ms", "--rate", "20");
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.err()).doesNotContain("WARN", "ERROR", "SLF4J");
    }
}
