package io.tidewire.log.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SqliteConfigTest {
    private static final SqliteConfig CONFIG = SqliteConfig.in(Path.of("data"));

    @Test
    void everythingCanBeChosen() {
        SqliteConfig chosen = CONFIG.durability(SqliteConfig.Durability.NORMAL)
                .maxWaitingBytes(1)
                .maxWaitingReads(2)
                .readers(3);

        assertThat(chosen).isEqualTo(new SqliteConfig(Path.of("data"), SqliteConfig.Durability.NORMAL, 1, 2, 3));
        assertThat(CONFIG.durability()).isEqualTo(SqliteConfig.Durability.FSYNC);
    }

    @Test
    void whatCannotWorkIsRefusedByName() {
        assertThatThrownBy(() -> CONFIG.maxWaitingBytes(0)).hasMessageContaining("maxWaitingBytes");
        assertThatThrownBy(() -> CONFIG.maxWaitingReads(0)).hasMessageContaining("maxWaitingReads");
        assertThatThrownBy(() -> CONFIG.readers(0)).hasMessageContaining("readers: 0");
        assertThatThrownBy(() -> CONFIG.readers(65)).hasMessageContaining("readers: 65");
        assertThatThrownBy(() -> SqliteConfig.in(Path.of("a?b"))).hasMessageContaining("directory: a?b");
    }
}
