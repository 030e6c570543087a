package io.tidewire.log.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.tidewire.log.LogException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are not as they were left. */
class DamageTest {
    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("tidewire.db");
    }

    /** It is refused with a message that names the file and has these words, and not a byte of it changes. */
    private void assertRefused(String... words) throws IOException {
        byte[] before = Files.readAllBytes(file());
        assertThatThrownBy(() -> Opened.in(directory).close())
                .isInstanceOf(LogException.Unavailable.class)
                .hasMessageContaining(file().toString())
                .hasMessageContainingAll(words);
        assertThat(Files.readAllBytes(file())).isEqualTo(before);
    }

    private void fill(int events) {
        try (Opened log = Opened.in(directory)) {
            log.appendNumbers(1, events);
        }
    }

    private void execute(String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    // --- not ours

    @Test
    void otherFileIsRefused() throws Exception {
        Files.writeString(file(), "hello ".repeat(1000));
        assertRefused("no SQLite database");
    }

    @Test
    void emptyFileIsRefused() throws Exception {
        Files.createFile(file());
        assertRefused("no SQLite database");
    }

    @Test
    void otherProgramsDatabaseIsRefused() throws Exception {
        execute("create table t (a)");
        assertRefused("another program's");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 1_000_000})
    void otherVersionIsRefused(int version) throws Exception {
        fill(10);
        execute("pragma user_version = " + version);
        assertRefused("version 1 to " + Schema.LOG.version() + ", not " + version);
    }

    @Test
    void journalWithoutItsDatabaseIsRefused() throws Exception {
        Path journal = directory.resolve("tidewire.db-wal");
        Files.writeString(journal, "precious");
        assertThatThrownBy(() -> Opened.in(directory))
                .isInstanceOf(LogException.Unavailable.class)
                .hasMessageContaining(journal.toString());
        assertThat(journal).content().isEqualTo("precious");
        assertThat(file()).doesNotExist();
    }

    // --- damaged

    @Test
    void fileThatWasCutOffIsRefused() throws Exception {
        fill(10_000);
        try (RandomAccessFile bytes = new RandomAccessFile(file().toFile(), "rw")) {
            bytes.setLength(bytes.length() / 2);
        }
        assertRefused("cut off");
    }

    @Test
    void overwrittenHeaderIsRefused() throws Exception {
        fill(100);
        overwrite(0, 100);
        assertRefused("no SQLite database");
    }

    @Test
    void overwrittenTablesAreRefused() throws Exception {
        fill(100);
        overwrite(100, 4096 - 100);
        assertRefused("damaged");
    }

    @Test
    void damageFoundWhileReadingIsToldOnceAndNothingIsMadeUp() throws Exception {
        fill(20_000);
        long size = Files.size(file());
        try (RandomAccessFile bytes = new RandomAccessFile(file().toFile(), "rw")) {
            byte[] garbage = new byte[4096];
            Arrays.fill(garbage, (byte) 0x5a);
            // The first pages have the tables' roots, the later ones the newest events, which are looked at when it is
            // opened.
            for (long page = 30; page < size / 4096 / 2; page++) {
                bytes.seek(page * 4096);
                bytes.write(garbage);
            }
        }
        try (Logged logged = new Logged();
                Opened log = Opened.in(directory)) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(log::data)
                        .isInstanceOf(LogException.Unavailable.class)
                        .hasMessageContaining(file().toString())
                        .hasMessageContaining("damaged");
            }
            assertThat(logged.at(Level.ERROR)).singleElement().asString().contains(file().toString());
        }
    }

    private void overwrite(long from, int length) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file().toFile(), "rw")) {
            byte[] garbage = new byte[length];
            new Random(7).nextBytes(garbage);
            bytes.seek(from);
            bytes.write(garbage);
        }
    }

    // --- an interrupted write

    /** What a crash leaves: the database and its journal as they are while the hub runs. */
    private List<String> crashed(Path to, int events) throws IOException {
        List<String> ids = new ArrayList<>();
        try (Opened log = Opened.in(directory)) {
            for (int i = 1; i <= events; i++) {
                ids.addAll(log.appendNumbers(i, i));
            }
            for (String name : List.of("tidewire.db", "tidewire.db-wal")) {
                Files.copy(directory.resolve(name), to.resolve(name));
            }
        }
        return ids;
    }

    @Test
    void garbageAfterTheLastWriteIsIgnored(@TempDir Path copy) throws Exception {
        List<String> ids = crashed(copy, 200);
        byte[] garbage = new byte[10_000];
        new Random(3).nextBytes(garbage);
        Files.write(copy.resolve("tidewire.db-wal"), garbage, StandardOpenOption.APPEND);

        try (Opened log = Opened.in(copy)) {
            assertThat(log.ids()).isEqualTo(ids);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 0.5, 0.77, 0.999})
    void tornWriteLosesTheTornOnesOnly(double kept, @TempDir Path copy) throws Exception {
        List<String> ids = crashed(copy, 200);
        try (RandomAccessFile journal =
                new RandomAccessFile(copy.resolve("tidewire.db-wal").toFile(), "rw")) {
            journal.setLength((long) (journal.length() * kept));
        }

        try (Opened log = Opened.in(copy)) {
            List<String> left = log.ids();
            assertThat(left).isEqualTo(ids.subList(0, left.size()));
            assertThat(log.append("t", "new")).isNotIn(left);
            assertThat(log.ids()).hasSize(left.size() + 1);
        }
    }

    @Test
    void startThatWasInterruptedIsMadeGood() throws Exception {
        Files.write(directory.resolve("tidewire.db.new"), "half a database".getBytes(StandardCharsets.UTF_8));

        try (Opened log = Opened.in(directory)) {
            log.append("t", "1");
            assertThat(log.data()).containsExactly("1");
        }
    }
}
