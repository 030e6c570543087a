package io.tidewire.log.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Interest;
import io.tidewire.log.LogException;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Read;
import io.tidewire.log.Retention;
import io.tidewire.log.Update;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opening, being the only one, and closing. */
class OpeningTest {
    @TempDir
    Path directory;

    private static void assertRefused(Path where) {
        assertThatThrownBy(() -> Opened.in(where).close())
                .isInstanceOf(LogException.Unavailable.class)
                .hasMessageContaining(where.toString());
    }

    @Test
    void missingDirectoriesAreMade() {
        Path deep = directory.resolve("a/b c/ü");
        try (Opened log = Opened.in(deep)) {
            log.append("t", "1");
        }
        assertThat(deep.resolve("tidewire.db")).exists();
    }

    @Test
    void linkToADirectoryWillDo() throws Exception {
        Path real = Files.createDirectory(directory.resolve("real"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), real);
        try (Opened log = Opened.in(link)) {
            log.append("t", "1");
        }
        assertThat(real.resolve("tidewire.db")).exists();
    }

    @Test
    void secondOneOfThisProcessIsRefusedAndDoesNoHarm() {
        try (Opened log = Opened.in(directory)) {
            log.append("t", "1");
            assertRefused(directory);
            log.append("t", "2");
            assertThat(log.data()).containsExactly("1", "2");
        }
        try (Opened next = Opened.in(directory)) {
            assertThat(next.data()).containsExactly("1", "2");
        }
    }

    @Test
    void secondOneOfAnotherProcessIsRefused() throws Exception {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledHub.class.getName(),
                        directory.toString(),
                        "NORMAL",
                        "0")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            while (line != null && !line.equals("open")) {
                line = lines.readLine();
            }
            assertRefused(directory);
        } finally {
            other.destroyForcibly();
            assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        Opened.in(directory).close();
    }

    @Test
    void fileInsteadOfADirectoryIsRefused() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertRefused(file);
        assertRefused(file.resolve("below"));
    }

    @Test
    void diskThatCannotBeWrittenToIsRefused() throws Exception {
        try (SmallDisk disk = SmallDisk.at(directory, "8m")) {
            Opened.in(directory).close();
            disk.remount("ro");
            assertRefused(directory);
        }
    }

    @Test
    void backupOfARunningHubIsOneToStartFrom(@TempDir Path elsewhere) throws Exception {
        String seen;
        try (Opened log = Opened.in(directory)) {
            seen = log.appendNumbers(1, 100).get(49);
            try (Connection connection =
                            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("tidewire.db"));
                    Statement statement = connection.createStatement()) {
                statement.executeUpdate("vacuum into '" + elsewhere.resolve("tidewire.db") + "'");
            }
            log.appendNumbers(101, 200);
        }

        try (Opened log = Opened.in(elsewhere)) {
            assertThat(log.data()).hasSize(100).endsWith("100");
            assertThat(log.resolve(seen).gap()).isNull();
            log.append("t", "new");
            assertThat(elsewhere.resolve("tidewire.db-wal")).exists();
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + elsewhere.resolve("tidewire.db"));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("update state set epoch = lower(hex(randomblob(6)))"); // as README.md says
        }
        try (Opened log = Opened.in(elsewhere)) {
            assertThat(log.resolve(seen).gap()).isNotNull();
            String token = log.newest().token();
            assertThat(log.resolve(token).gap()).isNull();
            assertThat(log.data()).hasSize(101);
        }
    }

    @Test
    void closedFileIsOneFile() {
        try (Opened log = Opened.in(directory)) {
            log.appendNumbers(1, 100);
            log.data();
        }
        assertThat(directory.resolve("tidewire.db-wal")).doesNotExist();
        assertThat(directory.resolve("tidewire.db")).exists();
    }

    @Test
    void whatWaitsWhenItIsClosedIsWrittenOrRefusedAndNothingElse() {
        List<CompletableFuture<List<AppendResult>>> answers = new ArrayList<>();
        try (Opened log = Opened.in(directory)) {
            for (int i = 0; i < 5000; i++) {
                Append append =
                        Append.of(Update.to("t").data(Integer.toString(i)).build());
                answers.add(log.log().append(List.of(append)).toCompletableFuture());
            }
        }
        assertThat(answers).allMatch(CompletableFuture::isDone);
        long written = answers.stream()
                .filter(answer -> !answer.isCompletedExceptionally())
                .count();
        try (Opened log = Opened.in(directory)) {
            assertThat(log.data()).hasSize((int) written);
        }
    }

    @Test
    void readsThatWaitWhenItIsClosedAreAnsweredOrRefused() {
        List<CompletableFuture<Page>> answers = new ArrayList<>();
        try (Opened log = Opened.in(directory)) {
            log.appendNumbers(1, 1000);
            Position earliest = log.earliest();
            for (int i = 0; i < 1000; i++) {
                Read read = new Read(earliest, Read.Mode.ALL, Interest.ALL, 1000, 1 << 30);
                answers.add(log.log().read(read).toCompletableFuture());
            }
        }
        assertThat(answers).allMatch(CompletableFuture::isDone);
        for (CompletableFuture<Page> answer : answers) {
            Throwable failure = answer.handle((page, thrown) -> thrown).join();
            if (failure == null) {
                assertThat(answer.join().entries()).hasSize(1000);
            } else {
                assertThat(failure).isInstanceOf(LogException.Unavailable.class);
            }
        }
    }

    @Test
    void fullQueueOfReadsRefusesAtOnce() {
        SqliteConfig config = SqliteConfig.in(directory).maxWaitingReads(3).readers(1);
        try (SqliteLog log = SqliteLog.open(config, Retention.defaults(), InstantSource.system())) {
            Opened opened = new Opened(log);
            opened.appendNumbers(1, 2000);
            Read read = new Read(opened.earliest(), Read.Mode.ALL, Interest.ALL, 2000, 1 << 30);
            List<CompletableFuture<Page>> answers = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                answers.add(log.read(read).toCompletableFuture());
            }
            List<Throwable> refusals = answers.stream()
                    .map(answer -> answer.handle((page, failure) -> failure).join())
                    .filter(failure -> failure != null)
                    .toList();
            assertThat(refusals).isNotEmpty().hasSizeLessThan(500);
            assertThat(refusals.get(0))
                    .isInstanceOf(LogException.Unavailable.class)
                    .hasMessageContaining("reads waiting: 3");
        }
    }

    @Test
    void closingFromAThreadOfTheLogDoesNotHang() throws Exception {
        Opened log = Opened.in(directory);
        log.log()
                .append(List.of(Append.of(Update.to("t").build())))
                .thenRun(log::close)
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
        log.close();
        Opened.in(directory).close();
    }

    @Test
    void fullQueueRefusesAtOnce() {
        SqliteConfig config = SqliteConfig.in(directory).maxWaitingBytes(100_000);
        try (SqliteLog log = SqliteLog.open(config, Retention.defaults(), InstantSource.system())) {
            List<CompletableFuture<List<AppendResult>>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Append append =
                        Append.of(Update.to("t").data("x".repeat(50_000)).build());
                answers.add(log.append(List.of(append)).toCompletableFuture());
            }
            List<Throwable> refusals = answers.stream()
                    .map(answer -> answer.handle((results, failure) -> failure).join())
                    .filter(failure -> failure != null)
                    .toList();
            assertThat(refusals).isNotEmpty().allMatch(failure -> failure instanceof LogException.Unavailable);
            assertThat(refusals.get(0)).hasMessageContaining("bytes waiting").hasMessageContaining("100000");
            assertThat(new Opened(log).data()).hasSize(200 - refusals.size());
        }
    }

    @Test
    void appendLargerThanTheQueueIsTakenIfItIsAlone() {
        SqliteConfig config = SqliteConfig.in(directory).maxWaitingBytes(1000);
        try (SqliteLog log = SqliteLog.open(config, Retention.defaults(), InstantSource.system())) {
            new Opened(log).append("t", "x".repeat(100_000));
            assertThat(new Opened(log).data()).hasSize(1);
        }
    }

    @Test
    void oldHistoryDoesNotDelayTheStart() {
        Opened.Clock clock = new Opened.Clock();
        Retention day = new Retention(1_000_000, 1 << 30, Duration.ofDays(1));
        try (Opened log = Opened.in(directory, day, clock)) {
            log.appendNumbers(1, 50_000);
        }
        clock.advance(Duration.ofDays(2));
        try (Opened log = Opened.in(directory, day, clock)) {
            assertThat(log.data()).isEmpty();
            log.append("t", "new");
            assertThat(log.data()).containsExactly("new");
        }
    }
}
