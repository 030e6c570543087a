package io.tidewire.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** SIGTERM, as an init system or an orchestrator sends it. */
class ShutdownIT {
    @Test
    void sigtermTellsEveryStreamWhenToComeBackAndEnds() throws Exception {
        try (HubProcess hub = new HubProcess("--drain", "1s");
                ForeignTool first = ForeignTool.start("curl", "-sN", hub.url("/events?topic=a"));
                ForeignTool second = ForeignTool.start("curl", "-sN", hub.url("/events?topic=b"))) {
            first.line("event: connected");
            second.line("event: connected");
            ProcessHandle server = ProcessHandle.of(hub.pid()).orElseThrow();
            assertThat(server.destroy()).isTrue(); // SIGTERM
            for (ForeignTool curl : new ForeignTool[] {first, second}) {
                assertThat(curl.line("\"reason\"")).contains("\"reason\":\"shutdown\"", "\"retryMillis\":");
            }
            await().atMost(Duration.ofSeconds(15)).until(() -> !server.isAlive());
            assertThat(first.output()).contains("retry: ");
        }
    }

    @Test
    void listeningForOthersWarnsOnceThatAnyoneMayPublish() throws IOException, InterruptedException {
        try (HubProcess hub = new HubProcess("--host", "0.0.0.0")) {
            // Stopping says the last of its log, so nothing of the start is still under way after it.
            ProcessHandle server = ProcessHandle.of(hub.pid()).orElseThrow();
            assertThat(hub.get("/ready")).isNotEmpty();
            server.destroy();
            await().atMost(Duration.ofSeconds(15)).until(() -> !server.isAlive());
            await().until(() -> hub.output().contains("Draining"));
            assertThat(hub.output()).containsOnlyOnce("may publish").containsOnlyOnce("WARN");
        }
    }
}
