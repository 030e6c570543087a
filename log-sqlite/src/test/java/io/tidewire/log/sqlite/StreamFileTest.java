package io.tidewire.log.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import io.tidewire.log.LogException;
import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.Offset;
import io.tidewire.stream.Producer;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamLimits;
import io.tidewire.stream.StreamPage;
import io.tidewire.stream.StreamSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of the streams: whose it is, what becomes of it. */
class StreamFileTest {
    private static final StreamSpec TEXT = StreamSpec.of("text/plain");

    @TempDir
    Path directory;

    private final Opened.Clock clock = new Opened.Clock();

    private SqliteStreamStore open() {
        SqliteConfig config = SqliteConfig.in(directory).durability(SqliteConfig.Durability.NORMAL);
        return SqliteStreamStore.open(config, StreamLimits.defaults(), clock);
    }

    private static StreamAppend of(int bytes) {
        return StreamAppend.of(new byte[bytes]);
    }

    private long count(String table) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("streams.db"));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from " + table)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Test
    void logAndStreamsShareADirectory() {
        try (SqliteStreamStore streams = open();
                Opened log = Opened.in(directory)) {
            Opened.await(streams.create("s", TEXT, of(1)));
            log.append("t", "event");
        }
        try (SqliteStreamStore streams = open();
                Opened log = Opened.in(directory)) {
            assertThat(Opened.await(streams.info("s"))).isPresent();
            assertThat(log.data()).containsExactly("event");
        }
    }

    @Test
    void secondStoreIsRefused() {
        try (SqliteStreamStore first = open()) {
            assertThatThrownBy(this::open)
                    .isInstanceOf(LogException.Unavailable.class)
                    .hasMessageContaining(directory.toString())
                    .hasMessageContaining("no other hub has open");
            assertThat(Opened.await(first.create("s", TEXT, of(1))).created()).isTrue();
        }
    }

    @Test
    void filesOfLogAndStreamsAreNotMixedUp() throws Exception {
        Opened.in(directory).close();
        Files.move(directory.resolve("tidewire.db"), directory.resolve("streams.db"));

        assertThatThrownBy(this::open)
                .isInstanceOf(LogException.Unavailable.class)
                .hasMessageContaining("streams.db");
    }

    @Test
    void useThatWasOnlyAReadIsKept() {
        try (SqliteStreamStore store = open()) {
            Opened.await(store.create("s", TEXT.expiringAfter(Duration.ofSeconds(10)), of(1)));
            clock.advance(Duration.ofSeconds(8));
            Opened.await(store.read("s", Offset.START, 1));
        }
        clock.advance(Duration.ofSeconds(8));
        try (SqliteStreamStore store = open()) {
            assertThat(Opened.await(store.info("s"))).isPresent();
            clock.advance(Duration.ofSeconds(2));
            assertThat(Opened.await(store.info("s"))).isEmpty();
        }
    }

    @Test
    void whatExpiredWhileNobodyWasThereIsGone() throws Exception {
        try (SqliteStreamStore store = open()) {
            Opened.await(store.create("s", TEXT.expiringAfter(Duration.ofSeconds(10)), of(1)));
        }
        clock.advance(Duration.ofSeconds(11));
        try (SqliteStreamStore store = open()) {
            assertThat(Opened.await(store.info("s"))).isEmpty();
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> count("stream") == 0);
        }
    }

    @Test
    void nothingOfADeletedStreamStaysInTheFile() throws Exception {
        try (SqliteStreamStore store = open()) {
            Opened.await(store.create("long", TEXT, of(1).by(new Producer("p", 0, 0))));
            for (int i = 0; i < 40; i++) {
                Opened.await(store.append("long", of(200_000)));
            }
            Opened.await(store.create("other", TEXT, of(1)));
            assertThat(count("chunk")).isGreaterThan(40);

            Opened.await(store.delete("long"));
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> count("stream") == 1);
            assertThat(count("chunk")).isEqualTo(1);
            assertThat(count("spec")).isEqualTo(1);
            assertThat(count("producer")).isZero();
        }
    }

    @Test
    void longStreamIsDeletedALittleAtATime() throws Exception {
        try (SqliteStreamStore store = open()) {
            Opened.await(store.create("long", TEXT, StreamAppend.NOTHING));
            for (int i = 0; i < 50; i++) {
                Opened.await(store.append("long", of(200_000)));
            }
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("streams.db"));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("update stream set name = null");
            DeletedStreams deleted = new DeletedStreams(connection);

            assertThat(deleted.trim()).isTrue();
            assertThat(count("chunk")).isEqualTo(44); // a million bytes, and what is over
            while (deleted.trim()) {
                assertThat(count("chunk")).isLessThan(44);
            }
            assertThat(count("stream")).isZero();
        }
    }

    @Test
    void tooMuchWaitingIsRefused() {
        SqliteConfig config = SqliteConfig.in(directory).maxWaitingBytes(100_000);
        try (SqliteStreamStore store =
                SqliteStreamStore.open(config, StreamLimits.defaults(), InstantSource.system())) {
            Opened.await(store.create("s", TEXT, StreamAppend.NOTHING));
            List<CompletionStage<AppendOutcome>> answers = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                answers.add(store.append("s", of(20_000)));
            }
            long taken = 0;
            for (CompletionStage<AppendOutcome> answer : answers) {
                Throwable failure = catchThrowable(() -> Opened.await(answer));
                taken += failure == null ? 1 : 0;
                assertThat(failure == null || failure instanceof LogException.Unavailable)
                        .isTrue();
            }
            assertThat(taken).isBetween(1L, 1999L);
            assertThat(Opened.await(store.info("s")).orElseThrow().tail()).isEqualTo(new Offset(taken));
        }
    }

    @Test
    void fullDiskIsToldReadersGoOnAndItRecoversByItself() throws Exception {
        try (SmallDisk disk = SmallDisk.at(directory, "4m")) {
            long taken = 0;
            try (Logged logged = new Logged();
                    SqliteStreamStore store = open()) {
                Opened.await(store.create("s", TEXT, StreamAppend.NOTHING));
                Throwable failure = null;
                while (failure == null && taken < 10_000) {
                    failure = catchThrowable(() -> Opened.await(store.append("s", of(5000))));
                    taken += failure == null ? 1 : 0;
                }
                assertThat(failure).isInstanceOf(LogException.Full.class).hasMessageContaining(directory.toString());
                assertThatThrownBy(() -> Opened.await(store.append("s", of(5000))))
                        .isInstanceOf(LogException.Full.class);
                StreamPage page =
                        Opened.await(store.read("s", Offset.START, 1 << 30)).orElseThrow();
                assertThat(page.messages()).hasSize((int) taken);
                assertThat(logged.at(Level.ERROR)).singleElement().asString().contains(directory.toString());

                disk.remount("size=16m");
                assertThat(Opened.await(store.append("s", of(5000))).tail()).isEqualTo(new Offset(taken + 1));
            }
            try (SqliteStreamStore again = open()) {
                assertThat(Opened.await(again.info("s")).orElseThrow().tail()).isEqualTo(new Offset(taken + 1));
            }
        }
    }
}
