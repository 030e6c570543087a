package io.tidewire.log.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidewire.log.Append;
import io.tidewire.log.Audience;
import io.tidewire.log.Retention;
import io.tidewire.log.TopicRetention;
import io.tidewire.log.Update;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What nobody sees any more leaves the file too. */
class TrimmingTest {
    private static final Retention HOUR = new Retention(1_000_000, 1L << 40, Duration.ofHours(1));
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final Opened.Clock clock = new Opened.Clock();

    private long count(String table) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("tidewire.db"));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from " + table)) {
            return row.getLong(1);
        }
    }

    private void awaitCounts(long expected, String... tables) {
        for (String table : tables) {
            await(table)
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(count(table)).isEqualTo(expected));
        }
    }

    @Test
    void everyTraceOfOldEventsGoes() {
        Retention chats = HOUR.withTopics(List.of(TopicRetention.of("chat/*").maxEvents(2)));
        try (Opened log = Opened.in(directory, chats, clock)) {
            for (int i = 0; i < 700; i++) {
                List<Append> batch = List.of(
                        new Append(
                                Update.to("t" + i, "other" + i)
                                        .id("id" + i)
                                        .key("k" + i % 3)
                                        .build(),
                                "key" + i,
                                null),
                        Append.of(Update.to("chat/" + i % 7).id("chat" + i).build()),
                        Append.of(Update.to(new Audience.User("u" + i)).build()),
                        Append.of(Update.to(new Audience.Connection("c" + i)).build()));
                Opened.await(log.log().append(batch));
            }
            clock.advance(Duration.ofHours(25));

            awaitCounts(0, "entry", "posting", "value", "channel", "cut_id", "used_key");
            assertThat(log.data()).isEmpty();
            log.append(Update.to("t1").id("id1").build());
            assertThat(log.ids()).containsExactly("id1");
        }
    }

    @Test
    void fileBecomesSmallAgain() throws Exception {
        try (Opened log = Opened.in(directory, HOUR, clock)) {
            String data = "x".repeat(20_000);
            for (int i = 0; i < 2000; i++) {
                log.append("t", data);
            }
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(size()).isGreaterThan(30L << 20));
            clock.advance(Duration.ofHours(2));

            await().atMost(PATIENCE).untilAsserted(() -> assertThat(size()).isLessThan(12L << 20));
        }
    }

    private long size() throws Exception {
        return Files.size(directory.resolve("tidewire.db"));
    }

    @Test
    void deletingKeepsPaceWithAppending() throws Exception {
        Retention thousand = new Retention(1000, 1L << 40, Duration.ofDays(1));
        try (Opened log = Opened.in(directory, thousand, clock)) {
            List<Append> batch = new ArrayList<>();
            for (int i = 0; i < 5000; i++) {
                batch.add(Append.of(Update.to("t" + i % 100).data("d" + i).build()));
            }
            for (int i = 0; i < 10; i++) {
                Opened.await(log.log().append(batch));
                assertThat(count("entry")).isLessThan(16_000);
            }
            awaitCounts(1000, "entry", "posting");
            assertThat(log.data()).hasSize(1000).endsWith("d4999");
        }
    }

    @Test
    void journalStaysBounded() throws Exception {
        try (Opened log = Opened.in(directory, HOUR, clock)) {
            String data = "x".repeat(10_000);
            for (int i = 0; i < 6000; i++) {
                log.append("t", data);
                if (i % 100 == 0) {
                    log.read(log.earliest(), 100);
                }
            }
            assertThat(Files.size(directory.resolve("tidewire.db-wal"))).isLessThan(24L << 20);
        }
    }
}
