package io.tidewire.log.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Append;
import io.tidewire.log.Audience;
import io.tidewire.log.Cursor;
import io.tidewire.log.Interest;
import io.tidewire.log.LogEntry;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Read;
import io.tidewire.log.Retention;
import io.tidewire.log.Update;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index comes after the events, some thousands at a time: no reader may notice. */
final class IndexTest {
    private static final int EVENTS = 20_000;
    private static final int TOPICS = 10;

    private static List<Integer> numbers(Opened opened, Position from, Read.Mode mode, Interest interest) {
        List<Integer> found = new ArrayList<>();
        Position at = from;
        for (boolean atHead = false; !atHead; ) {
            Page page = Opened.await(opened.log().read(new Read(at, mode, interest, 700, 1 << 30)));
            page.entries().stream()
                    .filter(entry -> interest.includes(entry.update().audience()))
                    .map(LogEntry::update)
                    .map(update -> Integer.valueOf(update.data()))
                    .forEach(found::add);
            assertThat(page.gap()).isNull();
            atHead = page.atHead();
            at = page.end();
        }
        return found;
    }

    private static Position earliest(Opened opened) {
        return Opened.await(opened.log().resolve(new Cursor.Earliest(), Interest.ALL))
                .position();
    }

    /** Event n is of topic n modulo ten; every hundredth also of "all", every thousandth for a user. */
    private static Update update(int n) {
        String topic = "t" + n % TOPICS;
        if (n % 1000 == 7) {
            return Update.to(new Audience.User("ann")).data(Integer.toString(n)).build();
        }
        return (n % 100 == 0 ? Update.to(topic, "all") : Update.to(topic))
                .data(Integer.toString(n))
                .build();
    }

    private static void append(Opened opened, int from, int to) {
        for (int n = from; n < to; n += 500) {
            Opened.await(opened.log()
                    .append(IntStream.range(n, Math.min(to, n + 500))
                            .mapToObj(i -> Append.of(update(i)))
                            .toList()));
        }
    }

    private static List<Integer> expected(int from, int to, Interest interest) {
        return IntStream.range(from, to)
                .filter(n -> interest.includes(update(n).audience()))
                .boxed()
                .toList();
    }

    private static final List<Interest> INTERESTS = List.of(
            new Interest(Set.of("t3"), false, null),
            new Interest(Set.of("all", "t5"), false, "ann"),
            new Interest(Set.of("none"), false, null),
            Interest.ALL);

    @Test
    void readersByTopicGetWhatIsIndexedAndWhatIsNot(@TempDir Path folder) {
        try (Opened opened = Opened.in(folder)) {
            for (int to = 500; to <= EVENTS; to += 6500) {
                append(opened, to == 500 ? 0 : to - 6500, to);
                for (Interest interest : INTERESTS) {
                    assertThat(numbers(opened, earliest(opened), Read.Mode.ALL, interest))
                            .isEqualTo(expected(0, to, interest));
                }
            }
        }
    }

    @Test
    void newestValuesAreFoundWhereverTheyAre(@TempDir Path folder) {
        try (Opened opened = Opened.in(folder)) {
            append(opened, 0, 9000);
            append(opened, 9000, 9500);
            Opened.await(opened.log()
                    .append(List.of(Append.of(Update.to("late", "all").data("1").build()))));
            Interest three = new Interest(Set.of("t3", "all"), false, null);

            assertThat(numbers(opened, earliest(opened), Read.Mode.LATEST, three))
                    .contains(9493, 1)
                    .doesNotHaveDuplicates()
                    .allMatch(n -> n == 1 || n >= 9400);
        }
    }

    @Test
    void whatIsCutBeforeItIsIndexedStaysAway(@TempDir Path folder) {
        Retention few = new Retention(300, 1 << 30, Duration.ofDays(1));
        try (Opened opened = Opened.in(folder, few, InstantSource.system())) {
            append(opened, 0, EVENTS);
            Interest three = INTERESTS.get(0);

            assertThat(numbers(opened, earliest(opened), Read.Mode.ALL, three))
                    .isEqualTo(expected(EVENTS - 300, EVENTS, three));
        }
        try (Opened again = Opened.in(folder, few, InstantSource.system())) {
            Interest three = INTERESTS.get(0);
            assertThat(numbers(again, earliest(again), Read.Mode.ALL, three))
                    .isEqualTo(expected(EVENTS - 300, EVENTS, three));
        }
    }
}
