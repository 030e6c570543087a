package io.tidewire.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** A server of npm's better-sse, run by node. Skipped where node is missing; in CI that fails. */
class BetterSseTest {
    private static final Path SCRIPTS = Path.of("src/test/js");
    private static final Path HOME = Path.of("target/js");

    /** What a tick carries. */
    record Tick(int n, String text) {}

    private static void require(String program) {
        boolean there = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> new File(folder, program).canExecute());
        if (!there && "true".equals(System.getenv("CI"))) {
            throw new AssertionError(program + " is missing; apt-get install nodejs npm");
        }
        assumeTrue(there, program + " is missing; apt-get install nodejs npm");
    }

    private static void install() throws IOException, InterruptedException {
        Files.createDirectories(HOME);
        for (String file : List.of("package.json", "package-lock.json", "better-sse.mjs")) {
            Files.copy(SCRIPTS.resolve(file), HOME.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        if (Files.exists(HOME.resolve("node_modules/better-sse"))) {
            return;
        }
        File log = HOME.resolve("npm.log").toFile();
        Process npm = new ProcessBuilder("npm", "ci", "--no-audit", "--no-fund")
                .directory(HOME.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        assertThat(npm.waitFor()).as(() -> "npm ci, see " + log).isZero();
    }

    @Test
    void isReadAndResumed() throws Exception {
        require("node");
        require("npm");
        install();
        Process node = new ProcessBuilder("node", "better-sse.mjs")
                .directory(HOME.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = node.inputReader(StandardCharsets.UTF_8)) {
            String port = String.valueOf(out.readLine()).replace("listening ", "");
            List<Tick> ticks = new ArrayList<>();
            try (EventSource source = EventSource.builder(URI.create("http://127.0.0.1:" + port + "/"))
                    .codec(JsonMapper.shared()::readValue)
                    .build()) {
                source.on("tick", Tick.class, ticks::add);
                assertThat(source.start().awaitClosed().reason()).isEqualTo(EventSourceException.Reason.COMPLETED);
            }
            assertThat(ticks).hasSize(10);
            assertThat(ticks.get(9)).isEqualTo(new Tick(10, "a\nb"));
        } finally {
            node.destroy();
        }
    }
}
