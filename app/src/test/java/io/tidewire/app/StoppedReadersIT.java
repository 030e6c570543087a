package io.tidewire.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers that stop reading while more is published than history holds. */
class StoppedReadersIT {
    private static final int READERS = 20;
    private static final int EVENTS = 200;
    private static final int EVENT_BYTES = 500_000;
    /** 256 MiB of heap, as much again for code, stacks and direct buffers. Queues would take 20 times 100 MB. */
    private static final long MOST_RESIDENT_KIB = 512 << 10;

    private final HubProcess hub;
    private final List<ForeignTool> readers = new ArrayList<>();

    @TempDir
    Path folder = Path.of("");

    StoppedReadersIT() throws IOException, InterruptedException {
        hub = new HubProcess("--history-bytes", "32MiB", "--window-bytes", "8MiB");
    }

    @AfterEach
    void stop() {
        readers.forEach(ForeignTool::close);
        hub.close();
    }

    @Test
    void memoryStaysBoundedOthersGetAllAndTheyAreToldWhatIsGone() throws Exception {
        for (int i = 0; i < READERS; i++) {
            ForeignTool reader = ForeignTool.start(
                    "curl", "-sN", "-o", folder.resolve(i + ".txt").toString(), hub.url("/events?topic=load"));
            readers.add(reader);
        }
        await().until(() -> hub.get("/connections").split("\"load\"", -1).length - 1 == READERS);
        signal("-STOP");
        try (ForeignTool other = ForeignTool.start("curl", "-sN", hub.url("/events?topic=load"))) {
            other.line("event: connected");
            String filler = "x".repeat(EVENT_BYTES);
            for (int i = 0; i < EVENTS; i++) {
                hub.publish("load", "n", "n" + i + " " + filler);
                other.line("data: n" + i + " ");
            }
            assertThat(other.output()).doesNotContain("event: gap");
        }
        assertThat(residentKib()).isLessThan(MOST_RESIDENT_KIB);
        signal("-CONT");
        for (int i = 0; i < READERS; i++) {
            Path seen = folder.resolve(i + ".txt");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> Files.readString(seen).contains("data: n" + (EVENTS - 1) + " "));
            assertThat(gapsOf(seen)).isEqualTo(1);
        }
    }

    private static long gapsOf(Path seen) throws IOException {
        try (var lines = Files.lines(seen)) {
            return lines.filter(line -> line.equals("event: gap")).count();
        }
    }

    private long residentKib() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + hub.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    private void signal(String signal) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kill", signal));
        readers.forEach(reader -> command.add(String.valueOf(reader.pid())));
        assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
    }
}
