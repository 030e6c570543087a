package io.tidewire.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.log.Retention;
import io.tidewire.server.Tidewire;
import io.tidewire.stream.MemoryStreamStore;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreSetupTest {
    private final Settings settings = new Settings();

    private StoreSetup.Store open() {
        return new StoreSetup(settings).open(Retention.defaults());
    }

    @Test
    void historyIsInMemoryUnlessSaidOtherwise() {
        StoreSetup.Store store = open();
        assertThat(store.log()).isNull();
        assertThat(store.streams()).isInstanceOf(MemoryStreamStore.class);
        assertThat(settings.number(Setting.HISTORY_EVENTS)).isEqualTo(100_000);
    }

    @Test
    void directoryMakesItSqliteWithRoomForMore(@TempDir Path folder) {
        settings.addFlag(Setting.DATA, folder.resolve("a/b").toString());
        settings.addFlag(Setting.HISTORY_AGE, "1h");
        ServerSetup setup = new ServerSetup(settings);
        assertThat(setup.openStore(setup.builder())).contains("SQLite", "on the disk");
        assertThat(settings.number(Setting.HISTORY_EVENTS)).isEqualTo(10_000_000);
        assertThat(settings.text(Setting.HISTORY_AGE)).isEqualTo("1h");
        assertThatThrownBy(() -> new ServerSetup(settings).openStore(Tidewire.builder()))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining(folder.resolve("a/b").toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "STORE | mysql://x | store: mysql://x from --store (expected: redis://host:port",
                "STORE | redis://x:y | y",
                "STORE | kafka:// | kafka.servers: empty",
                "FROM_KAFKA | a=b | from-kafka: a=b from --from-kafka (expected: only with store: kafka://",
                "DURABILITY | maybe | durability: maybe from --durability (expected: fsync or normal)"
            })
    void wrongOnesAreNamed(Setting setting, String value, String message, @TempDir Path folder) {
        if (setting == Setting.DURABILITY) {
            settings.addFlag(Setting.DATA, folder.toString());
        }
        settings.addFlag(setting, value);
        assertThatThrownBy(this::open)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void directoryAndStoreAreOneTooMany(@TempDir Path folder) {
        settings.addFlag(Setting.DATA, folder.toString());
        settings.addFlag(Setting.STORE, "redis://localhost");
        assertThatThrownBy(this::open).isInstanceOf(UsageException.class).hasMessageStartingWith("data: ");
    }

    @Test
    void storesThatAreNotThereAreNamed() {
        settings.addFlag(Setting.STORE, "redis://localhost:1");
        assertThatThrownBy(this::open)
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("Redis at")
                .hasMessageContaining("localhost:1");
    }

    @Test
    void passwordsAreNotShown() {
        settings.addFlag(Setting.STORE, "redis://ann:hunter2@localhost:1");
        settings.addFlag(Setting.STORE_PASSWORD, "hunter2");
        assertThat(settings.print()).contains("redis://********@localhost:1").doesNotContain("hunter2");
        assertThatThrownBy(this::open)
                .isInstanceOf(CommandFailure.class)
                .message()
                .doesNotContain("hunter2");
    }
}
