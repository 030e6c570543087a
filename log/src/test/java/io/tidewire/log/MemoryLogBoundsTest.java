package io.tidewire.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What this log does exactly where the contract leaves room; the contract itself is tested in the test kit. */
final class MemoryLogBoundsTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static MemoryLog keeping(int maxEvents, long maxBytes, Duration maxAge) {
        return new MemoryLog(new Retention(maxEvents, maxBytes, maxAge), () -> NOW, new Random(1));
    }

    private static @Nullable String append(MemoryLog log, Update.Builder update) {
        List<AppendResult> results = log.append(List.of(Append.of(update.build())))
                .toCompletableFuture()
                .join();
        return results.get(0).id();
    }

    private static int kept(MemoryLog log) {
        Position oldest = resolve(log, new Cursor.Earliest()).position();
        Read all = new Read(oldest, Read.Mode.ALL, Interest.ALL, Integer.MAX_VALUE, Integer.MAX_VALUE);
        return log.read(all).toCompletableFuture().join().entries().size();
    }

    private static Resolution resolve(MemoryLog log, Cursor cursor) {
        return log.resolve(cursor, Interest.ALL).toCompletableFuture().join();
    }

    @Test
    void exactlyAsManyEventsStayAsAreAllowed() {
        MemoryLog log = keeping(10, 1 << 30, DAY);
        for (int i = 0; i < 25; i++) {
            append(log, Update.to("t"));
        }

        assertThat(kept(log)).isEqualTo(10);
    }

    @Test
    void gapIsCountedExactlyAndTheNewestCutIdIsServedInFull() {
        MemoryLog log = keeping(10, 1 << 30, DAY);
        String first = Objects.requireNonNull(append(log, Update.to("t")));
        String second = Objects.requireNonNull(append(log, Update.to("t")));
        for (int i = 3; i <= 12; i++) {
            append(log, Update.to("t"));
        }

        Resolution afterFirst = resolve(log, new Cursor.After(first));
        assertThat(afterFirst.gap()).isEqualTo(new Gap(first, second, 1));
        assertThat(resolve(log, new Cursor.After(second)).gap()).isNull();
    }

    @Test
    void idsOfAnEarlierLifeAreRecognised() {
        Random random = new Random(1);
        MemoryLog earlier = new MemoryLog(Retention.defaults(), () -> NOW, random);
        String id = Objects.requireNonNull(append(earlier, Update.to("t")));
        MemoryLog log = new MemoryLog(Retention.defaults(), () -> NOW, random);
        append(log, Update.to("t"));

        Resolution resolution = resolve(log, new Cursor.After(id));
        assertThat(resolution.gap()).isEqualTo(new Gap(id, resolution.position().token(), Gap.UNKNOWN));
    }

    @Test
    void manyLongTopicsCountAsBytes() {
        List<String> names =
                IntStream.range(0, 100).mapToObj(i -> "x".repeat(1000) + i).toList();
        MemoryLog log = keeping(1000, 1_000_000, DAY);
        for (int i = 0; i < 50; i++) {
            append(log, Update.to(new Audience.Topics(names)));
        }

        assertThat(kept(log)).isBetween(1, 9);
    }

    @Test
    void bytesOfWhatWasCutAreGivenBack() {
        MemoryLog log = keeping(1000, 100_000, DAY);
        append(log, Update.to("t").data("x".repeat(200_000)));
        assertThat(kept(log)).isZero();
        for (int i = 0; i < 100; i++) {
            append(log, Update.to("t").id("id" + i).key("k").data("x".repeat(100)));
        }

        assertThat(kept(log)).isEqualTo(100);
    }

    @Test
    void ageMayBeForEver() {
        MemoryLog log = keeping(10, 1 << 30, ChronoUnit.FOREVER.getDuration());
        append(log, Update.to("t"));

        assertThat(kept(log)).isEqualTo(1);
    }

    @Test
    void pageLooksAtAFewThousandEntriesOnly() {
        MemoryLog log = keeping(100_000, 1 << 30, DAY);
        for (int i = 0; i < 10_000; i++) {
            append(log, Update.to("noise"));
        }
        Position oldest = resolve(log, new Cursor.Earliest()).position();
        Interest none = new Interest(Set.of("signal"), false, null);

        Page page = log.read(new Read(oldest, Read.Mode.ALL, none, 10, 10))
                .toCompletableFuture()
                .join();
        assertThat(page.entries()).isEmpty();
        assertThat(page.atHead()).isFalse();
        assertThat(page.end().covers(new NumberedPosition(epochOf(oldest), 4096)))
                .isTrue();
    }

    private static String epochOf(Position position) {
        return ((NumberedPosition) position).epoch();
    }
}
