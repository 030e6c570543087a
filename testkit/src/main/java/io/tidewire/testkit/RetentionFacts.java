package io.tidewire.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Cursor;
import io.tidewire.log.Gap;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Resolution;
import io.tidewire.log.Retention;
import io.tidewire.log.Update;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is cut, and that nobody is left to guess about it. */
abstract class RetentionFacts {
    private static final Retention TEN_EVENTS = new Retention(10, 1 << 30, Duration.ofDays(1));
    private static final Retention ONE_MINUTE = new Retention(1000, 1 << 30, Duration.ofMinutes(1));

    private final LogUnderTest log;

    RetentionFacts(LogUnderTest log) {
        this.log = log;
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void newestEventsStay() {
        log.keeping(TEN_EVENTS).appendNumbers(1, 25);

        assertThat(log.dataAfter(log.earliest()))
                .hasSizeBetween(1, 10)
                .endsWith("24", "25")
                .isEqualTo(numbersEndingAt(25, log.dataAfter(log.earliest()).size()));
    }

    @Test
    void batchLargerThanHistoryLeavesItsNewest() {
        log.keeping(TEN_EVENTS);
        log.append(IntStream.rangeClosed(1, 25)
                .mapToObj(
                        i -> Append.of(Update.to("t").data(Integer.toString(i)).build()))
                .toList());

        List<String> left = log.dataAfter(log.earliest());
        assertThat(left).hasSizeBetween(1, 10).isEqualTo(numbersEndingAt(25, left.size()));
    }

    @Test
    void bytesCut() {
        log.keeping(new Retention(1000, 100_000, Duration.ofDays(1)));
        for (int i = 0; i < 50; i++) {
            log.append("t", "x".repeat(10_000));
        }

        assertThat(log.readAll(log.earliest())).hasSizeBetween(1, 10);
    }

    @Test
    void ageCutsWithoutAnAppend() {
        log.keeping(ONE_MINUTE).appendNumbers(1, 5);
        log.clock.advance(Duration.ofSeconds(40));
        log.appendNumbers(6, 8);
        log.clock.advance(Duration.ofSeconds(40));

        assertThat(log.dataAfter(log.earliest())).containsExactly("6", "7", "8");
        log.clock.advance(Duration.ofSeconds(40));
        assertThat(log.readAll(log.earliest())).isEmpty();
    }

    @Test
    void earliestIsNoGapEvenIfMuchWasCut() {
        log.keeping(TEN_EVENTS).appendNumbers(1, 25);

        Resolution resolution = log.resolve(new Cursor.Earliest());
        assertThat(resolution.gap()).isNull();
        assertThat(log.read(resolution.position(), 100).gap()).isNull();
    }

    @Test
    void everyIdIsEitherServedInFullOrToldWhatItMissed() {
        List<String> ids = log.keeping(TEN_EVENTS).appendNumbers(1, 40);
        int kept = log.dataAfter(log.earliest()).size();

        for (int seen = 1; seen <= 40; seen++) {
            Resolution resolution = log.resolve(ids.get(seen - 1));
            int missed = Math.max(0, 40 - kept - seen);
            if (missed > 0) {
                assertGap(resolution.gap(), ids.get(seen - 1), missed);
            } else if (seen > 40 - kept) {
                // That of the newest one cut may be served in full or told of a gap of unknown size: none follows it.
                assertThat(resolution.gap()).isNull();
            }
            assertThat(log.dataAfter(resolution.position())).isEqualTo(numbersEndingAt(40, Math.min(kept, 40 - seen)));
        }
    }

    @Test
    void readerThatIsOvertakenIsToldOnceAndGoesOnAtTheOldest() {
        log.keeping(TEN_EVENTS).appendNumbers(1, 10);
        Page before = log.read(log.earliest(), 4);
        assertThat(LogUnderTest.data(before.entries())).containsExactly("1", "2", "3", "4");
        log.appendNumbers(11, 30);
        int kept = log.dataAfter(log.earliest()).size();

        Page after = log.read(before.end(), 3);
        assertGap(after.gap(), before.end().token(), 30 - kept - 4);
        assertThat(LogUnderTest.data(after.entries()))
                .isEqualTo(numbersEndingAt(30, kept).subList(0, 3));
        Page later = log.read(after.end(), 100);
        assertThat(later.gap()).isNull();
        assertThat(LogUnderTest.data(later.entries())).isEqualTo(numbersEndingAt(30, kept - 3));
    }

    @Test
    void readerThatIsCutByAgeIsTold() {
        log.keeping(ONE_MINUTE).appendNumbers(1, 5);
        Position second = log.read(log.earliest(), 2).end();
        log.clock.advance(Duration.ofMinutes(2));

        Page page = log.read(second, 10);
        assertGap(page.gap(), second.token(), 3);
        assertThat(page.entries()).isEmpty();
        assertThat(page.atHead()).isTrue();
        log.appendNumbers(6, 6);
        assertThat(log.dataAfter(page.end())).containsExactly("6");
    }

    @Test
    void readerAtTheHeadMissesNothingWhenAllIsCut() {
        log.keeping(ONE_MINUTE).appendNumbers(1, 5);
        Position head = log.newest();
        log.clock.advance(Duration.ofMinutes(2));
        log.appendNumbers(6, 7);

        Page page = log.read(head, 10);
        assertThat(page.gap()).isNull();
        assertThat(LogUnderTest.data(page.entries())).containsExactly("6", "7");
    }

    @Test
    void gapLeadsToWhereItIsServedInFull() {
        List<String> ids = log.keeping(TEN_EVENTS).appendNumbers(1, 25);

        Gap gap = log.resolve(ids.get(0)).gap();
        assertThat(gap).isNotNull();
        Resolution resolution = log.resolve(gap.to());
        assertThat(resolution.gap()).isNull();
        assertThat(log.dataAfter(resolution.position())).isEqualTo(log.dataAfter(log.earliest()));
    }

    @Test
    void publishersIdThatWasCutIsAGap() {
        log.keeping(TEN_EVENTS).append(Update.to("t").id("mine").build());
        log.appendNumbers(1, 30);

        Gap gap = log.resolve("mine").gap();
        assertThat(gap).isNotNull();
        assertThat(gap.from()).isEqualTo("mine");
    }

    @Test
    void publishersIdWhoseEarliestEventWasCutLeadsToItsNext() {
        log.keeping(TEN_EVENTS);
        for (int i = 0; i < 6; i++) {
            log.append(Update.to("t").id("same").data("same").build());
            log.appendNumbers(4 * i + 1, 4 * i + 4);
            Resolution resolution = log.resolve("same");
            List<String> all = log.dataAfter(log.earliest());
            assertThat(resolution.gap()).isNull();
            assertThat(log.dataAfter(resolution.position()))
                    .isEqualTo(all.subList(all.indexOf("same") + 1, all.size()));
        }
    }

    @Test
    void latestOfWhatWasCutIsGone() {
        log.keeping(TEN_EVENTS).append(Update.to("quiet").data("quiet").build());
        log.appendNumbers(1, 30);

        assertThat(LogUnderTest.data(log.readLatest(log.earliest(), 10))).containsExactly("30");
    }

    @Test
    void eventThatWasCutIsNoTopicsLast() {
        log.keeping(ONE_MINUTE).appendNumbers(1, 3);
        log.clock.advance(Duration.ofMinutes(2));

        AppendResult result = log.append(new Append(Update.to("numbers").build(), null, Append.NOTHING));
        assertThat(result.outcome()).isEqualTo(AppendResult.Outcome.APPENDED);
    }

    private static void assertGap(@Nullable Gap gap, String from, long missed) {
        assertThat(gap).as("gap after %s, of %d", from, missed).isNotNull();
        assertThat(gap.from()).isEqualTo(from);
        assertThat(gap.missed()).isIn(missed, Gap.UNKNOWN);
    }

    private static List<String> numbersEndingAt(int last, int count) {
        return IntStream.rangeClosed(last - count + 1, last)
                .mapToObj(Integer::toString)
                .toList();
    }
}
