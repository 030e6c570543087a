package io.tidewire.log.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import io.tidewire.log.Interest;
import io.tidewire.log.LogEntry;
import io.tidewire.log.LogException;
import io.tidewire.log.Read;
import io.tidewire.log.Retention;
import io.tidewire.log.Update;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full, for real: a few megabytes of tmpfs. */
class FullDiskTest {
    private static final int ENOUGH = 10_000;

    @TempDir
    Path directory;

    private final List<LogEntry> followed = new CopyOnWriteArrayList<>();
    private final List<String> acknowledged = new ArrayList<>();

    private static Update update(int number) {
        return Update.to("t").data(number + "x".repeat(5000)).build();
    }

    private Throwable fill(Opened log) {
        for (int i = 0; i < ENOUGH; i++) {
            int number = i;
            Throwable failure = catchThrowable(() -> acknowledged.add(log.append(update(number))));
            if (failure != null) {
                return failure;
            }
        }
        throw new AssertionError("the disk is never full");
    }

    @Test
    void publishersAreToldReadersGoOnAndItRecoversByItself() throws Exception {
        try (SmallDisk disk = SmallDisk.at(directory, "4m")) {
            try (Logged logged = new Logged();
                    Opened log = Opened.in(directory)) {
                log.log().follow(followed::addAll);

                assertThat(fill(log)).isInstanceOf(LogException.Full.class).hasMessageContaining(directory.toString());
                assertThat(acknowledged).hasSizeGreaterThan(50);
                for (int i = 0; i < 20; i++) {
                    assertThatThrownBy(() -> log.append(update(0))).isInstanceOf(LogException.Full.class);
                }
                assertThat(log.ids()).isEqualTo(acknowledged);
                assertThat(followed.stream().map(LogEntry::id)).isEqualTo(acknowledged);
                assertThat(logged.at(Level.ERROR)).singleElement().asString().contains(directory.toString());

                disk.remount("size=16m");
                for (int i = 0; i < 100; i++) {
                    acknowledged.add(log.append(update(i)));
                }
                assertThat(log.ids()).isEqualTo(acknowledged);
                assertThat(logged.at(Level.ERROR)).hasSize(1);
                assertThat(logged.at(Level.INFO)).singleElement().asString().contains("works again");
            }
            try (Opened again = Opened.in(directory)) {
                assertThat(again.readAll(again.earliest(), Read.Mode.ALL, Interest.ALL).stream()
                                .map(LogEntry::id))
                        .isEqualTo(acknowledged);
            }
        }
    }

    @Test
    void smallBatchStillFitsWhereALargeOneDoesNot() throws Exception {
        try (SmallDisk disk = SmallDisk.at(directory, "4m");
                Opened log = Opened.in(directory)) {
            Update large = Update.to("t").data("x".repeat(8 << 20)).build();
            assertThatThrownBy(() -> log.append(large)).isInstanceOf(LogException.Full.class);

            log.append("t", "small");
            assertThat(log.data()).containsExactly("small");
            assertThat(disk).isNotNull();
        }
    }

    @Test
    void boundedHistoryNeverFillsTheDisk() throws Exception {
        try (SmallDisk disk = SmallDisk.at(directory, "24m");
                Opened log = Opened.in(
                        directory, new Retention(ENOUGH, 1 << 20, Duration.ofDays(1)), InstantSource.system())) {
            Random random = new Random(1);
            for (int i = 0; i < ENOUGH; i++) { // some 50 MB
                log.append(Update.to("t" + i % 10)
                        .data("x".repeat(random.nextInt(10_000)))
                        .build());
            }
            assertThat(Files.size(directory.resolve("tidewire.db"))).isLessThan(8 << 20);
            assertThat(Files.size(directory.resolve("tidewire.db-wal"))).isLessThan(14 << 20);
            assertThat(disk).isNotNull();
        }
    }
}
