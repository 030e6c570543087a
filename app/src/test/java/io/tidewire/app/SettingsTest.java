package io.tidewire.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    private final Settings settings = new Settings();

    @Test
    void flagsWinOverTheEnvironmentAndThatOverTheFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("tidewire.yaml"), "port: 1\nhost: a\nhistory:\n  events: 5\n");
        settings.addFlag(Setting.RETRY, "9s");
        settings.addFile(file);
        settings.addEnvironment(Map.of("TIDEWIRE_PORT", "2", "TIDEWIRE_HISTORY_EVENTS", "6", "PATH", "x"));
        settings.addFlag(Setting.PORT, "3");
        assertThat(settings.number(Setting.PORT)).isEqualTo(3);
        assertThat(settings.number(Setting.HISTORY_EVENTS)).isEqualTo(6);
        assertThat(settings.text(Setting.HOST)).isEqualTo("a");
        assertThat(settings.print())
                .contains("port: 3  # --port", "history.events: 6  # TIDEWIRE_HISTORY_EVENTS")
                .contains("host: a  # " + file, "threads: 0  # default");
    }

    @Test
    void unknownKeysAreRefusedWithTheNearestKnownOne(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("t.yaml"), "history:\n  evnts: 5\n");
        assertThatThrownBy(() -> settings.addFile(file))
                .isInstanceOf(UsageException.class)
                .hasMessage(file + ": unknown key history.evnts (did you mean history.events?)");
        assertThatThrownBy(() -> settings.addEnvironment(Map.of("TIDEWIRE_PROT", "1")))
                .hasMessage("environment: unknown variable TIDEWIRE_PROT (did you mean TIDEWIRE_PORT?)");
    }

    @Test
    void brokenOrMissingFileIsRefused(@TempDir Path folder) throws IOException {
        Path broken = Files.writeString(folder.resolve("b.yaml"), "a: [");
        assertThatThrownBy(() -> settings.addFile(broken)).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> settings.addFile(folder.resolve("none.yaml")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("is not there");
    }

    @Test
    void timesAndSizesAreReadWithTheirUnits() {
        settings.addFlag(Setting.KEEP_ALIVE, "500ms");
        settings.addFlag(Setting.MAX_AGE, "2h");
        settings.addFlag(Setting.WINDOW_BYTES, "2 MiB");
        settings.addFlag(Setting.HISTORY_BYTES, "64k");
        assertThat(settings.duration(Setting.KEEP_ALIVE)).isEqualTo(Duration.ofMillis(500));
        assertThat(settings.duration(Setting.MAX_AGE)).isEqualTo(Duration.ofHours(2));
        assertThat(settings.bytes(Setting.WINDOW_BYTES)).isEqualTo(2 << 20);
        assertThat(settings.bytes(Setting.HISTORY_BYTES)).isEqualTo(64 << 10);
    }

    @Test
    void wrongValueNamesKeyValueOriginAndRule() {
        settings.addEnvironment(Map.of("TIDEWIRE_KEEP_ALIVE", "soon"));
        assertThatThrownBy(() -> settings.duration(Setting.KEEP_ALIVE))
                .hasMessage(
                        "keep-alive: soon from TIDEWIRE_KEEP_ALIVE (expected: a time, as in 500ms, 30s, 5m, 2h or 1d)");
        settings.addFlag(Setting.PORT, "http");
        assertThatThrownBy(() -> settings.number(Setting.PORT))
                .hasMessage("port: http from --port (expected: a whole number)");
    }

    @Test
    void defaultsMakeAServer() {
        assertThat(new ServerSetup(settings).builder()).isNotNull();
    }
}
