package io.tidewire.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Interest;
import io.tidewire.log.LogEntry;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Read;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading page by page. */
abstract class PagingFacts {
    private final LogUnderTest log;

    PagingFacts(LogUnderTest log) {
        this.log = log;
    }

    @AfterEach
    void close() {
        log.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 99, 100, 101, 1000})
    void everyPageSizeGivesTheSame(int maxEvents) {
        List<String> ids = log.appendNumbers(1, 100);

        Read first = new Read(log.earliest(), Read.Mode.ALL, Interest.ALL, maxEvents, LogUnderTest.PLENTY);
        assertThat(LogUnderTest.ids(log.readOn(first))).isEqualTo(ids);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 11, 64, 1000})
    void everyNumberOfBytesGivesTheSame(int maxBytes) {
        for (int i = 0; i < 50; i++) {
            log.append("t", "x".repeat(i));
        }

        Read first = new Read(log.earliest(), Read.Mode.ALL, Interest.ALL, 1000, maxBytes);
        assertThat(log.readOn(first))
                .extracting(entry -> entry.update().data().length())
                .hasSize(50)
                .isSorted();
    }

    @Test
    void pageEndsByItsBytes() {
        for (int i = 0; i < 100; i++) {
            log.append("t", "x".repeat(1000));
        }

        Page page = log.read(new Read(log.earliest(), Read.Mode.ALL, Interest.ALL, 1000, 10_000));
        assertThat(page.entries()).hasSizeBetween(1, 11); // the one that reaches the bound may be in it
        assertThat(page.atHead()).isFalse();
    }

    @Test
    void entryLargerThanAPageStillComes() {
        log.append("t", "x".repeat(1000));

        Read read = new Read(log.earliest(), Read.Mode.ALL, Interest.ALL, 10, 1);
        assertThat(log.readOn(read)).hasSize(1);
    }

    @Test
    void pageOfAnEmptyLogIsEmptyAndAtTheHead() {
        Page page = log.read(log.earliest(), 10);

        assertThat(page.entries()).isEmpty();
        assertThat(page.atHead()).isTrue();
        assertThat(page.gap()).isNull();
    }

    @Test
    void pageAtTheHeadIsEmptyAndEndsThere() {
        log.appendNumbers(1, 3);

        Page page = log.read(log.newest(), 10);
        assertThat(page.entries()).isEmpty();
        assertThat(page.atHead()).isTrue();
        log.append("t", "4");
        assertThat(log.dataAfter(page.end())).containsExactly("4");
    }

    @Test
    void pageBeforeTheHeadSaysSo() {
        log.appendNumbers(1, 3);

        assertThat(log.read(log.earliest(), 2).atHead()).isFalse();
    }

    @Test
    void endIsACursorAfterAllThatThePageHad() {
        log.appendNumbers(1, 10);
        Page page = log.read(log.earliest(), 4);
        LogEntry last = page.entries().get(page.entries().size() - 1);

        assertThat(page.end().covers(last.position())).isTrue();
        assertThat(log.dataAfter(page.end())).isEqualTo(log.dataAfter(last.position()));
    }

    @Test
    void eventsAppendedBetweenTwoPagesComeInTheirPlace() {
        log.appendNumbers(1, 4);
        Page page = log.read(log.earliest(), 3);
        log.appendNumbers(5, 6);

        assertThat(log.dataAfter(page.end())).containsExactly("4", "5", "6");
    }

    @Test
    void positionsCoverWhatCameBeforeThemAndThemselvesOnly() {
        Position before = log.earliest();
        log.appendNumbers(1, 20);
        List<LogEntry> all = log.readAll(before);

        for (int i = 0; i < all.size(); i++) {
            Position cursor = all.get(i).position();
            assertThat(before.covers(cursor)).isFalse();
            for (int j = 0; j < all.size(); j++) {
                assertThat(cursor.covers(all.get(j).position()))
                        .as("%d covers %d", i, j)
                        .isEqualTo(j <= i);
            }
        }
        assertThat(log.newest().covers(all.get(19).position())).isTrue();
    }
}
