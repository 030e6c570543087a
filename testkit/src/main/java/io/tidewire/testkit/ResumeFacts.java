package io.tidewire.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Cursor;
import io.tidewire.log.Gap;
import io.tidewire.log.LogEntry;
import io.tidewire.log.Position;
import io.tidewire.log.Resolution;
import io.tidewire.log.Update;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a cursor leads. */
abstract class ResumeFacts {
    private final LogUnderTest log;

    ResumeFacts(LogUnderTest log) {
        this.log = log;
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void everyIdLeadsToWhatCameAfterIt() {
        List<String> ids = log.appendNumbers(1, 30);

        for (int i = 0; i < ids.size(); i++) {
            Resolution resolution = log.resolve(ids.get(i));
            assertThat(resolution.gap()).isNull();
            assertThat(LogUnderTest.ids(log.readAll(resolution.position()))).isEqualTo(ids.subList(i + 1, ids.size()));
        }
    }

    @Test
    void publishersIdLeadsToWhatCameAfterIt() {
        log.append("t", "1");
        log.append(Update.to("t").id("mine").data("2").build());
        log.append("t", "3");

        Resolution resolution = log.resolve("mine");
        assertThat(resolution.gap()).isNull();
        assertThat(log.dataAfter(resolution.position())).containsExactly("3");
    }

    @Test
    void tokenOfAnEntryWithAPublishersIdLeadsThereToo() {
        log.append(Update.to("t").id("mine").build());
        log.append("t", "2");
        LogEntry named = log.readAll(log.earliest()).get(0);

        Resolution resolution = log.resolve(named.position().token());
        assertThat(resolution.gap()).isNull();
        assertThat(log.dataAfter(resolution.position())).containsExactly("2");
    }

    @Test
    void repeatedPublishersIdLeadsToItsEarliestEvent() {
        log.append(Update.to("t").id("same").data("1").build());
        log.append("t", "2");
        log.append(Update.to("t").id("same").data("3").build());

        assertThat(log.dataAfter(log.resolve("same").position())).containsExactly("2", "3");
    }

    @Test
    void earliestLeadsToAllThereIs() {
        log.appendNumbers(1, 5);

        Resolution resolution = log.resolve(new Cursor.Earliest());
        assertThat(resolution.gap()).isNull();
        assertThat(log.dataAfter(resolution.position())).containsExactly("1", "2", "3", "4", "5");
    }

    @Test
    void newestLeadsToWhatComesFromNowOn() {
        log.appendNumbers(1, 5);

        Resolution resolution = log.resolve(new Cursor.Newest());
        log.append("t", "new");
        assertThat(resolution.gap()).isNull();
        assertThat(log.dataAfter(resolution.position())).containsExactly("new");
    }

    @Test
    void everyCursorOfAnEmptyLogLeadsToTheFirstEvent() {
        Position earliest = log.earliest();
        Position newest = log.newest();
        log.append("t", "first");

        assertThat(log.dataAfter(earliest)).containsExactly("first");
        assertThat(log.dataAfter(newest)).containsExactly("first");
    }

    @Test
    void tokenOfAnyPositionCanBeResumedFrom() {
        Position empty = log.newest();
        log.append("t", "1");
        Position one = log.newest();
        log.append("t", "2");

        assertThat(log.resolve(empty.token()).gap()).isNull();
        assertThat(log.dataAfter(log.resolve(empty.token()).position())).containsExactly("1", "2");
        assertThat(log.resolve(one.token()).gap()).isNull();
        assertThat(log.dataAfter(log.resolve(one.token()).position())).containsExactly("2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "#",
                "##",
                "#.",
                "#:",
                "#-1",
                "#a.-1",
                "#1.1",
                "#zzzzzzz.zzzzzzzzzzzz",
                "unknown",
                "urn:uuid:5e94c686-2c0b-4f9b-958c-92ccc3bbb4eb",
                "earliest",
                "0",
                "-1",
                "9223372036854775808",
                "#9223372036854775808",
                "#18446744073709551615-18446744073709551615",
                "\u0000",
                "é",
                "*",
                "$"
            })
    void idThatTheLogNeverGaveLeadsToTheOldestEventWithAGap(String id) {
        log.appendNumbers(1, 3);

        assertGapToAll(id, "1", "2", "3");
    }

    @Test
    void endlessIdLeadsToTheOldestEventWithAGap() {
        log.appendNumbers(1, 3);
        String token = log.newest().token();

        assertGapToAll("#" + "z".repeat(5000), "1", "2", "3");
        assertGapToAll(token + "0".repeat(5000), "1", "2", "3");
    }

    @Test
    void idThatIsAlmostOursLeadsToTheOldestEventWithAGap() {
        log.appendNumbers(1, 3);
        String token = log.newest().token();

        assertGapToAll(token + " ", "1", "2", "3");
        assertGapToAll(token.substring(1), "1", "2", "3");
        assertGapToAll("#" + token, "1", "2", "3");
        assertGapToAll(token + "\n", "1", "2", "3");
    }

    @Test
    void idBeyondTheHeadLeadsToTheOldestEventWithAGap() {
        log.appendNumbers(1, 3);
        // Of the same kind and further on: an id of another life if the log knows its lives apart, else one of the
        // future.
        try (LogUnderTest further = log.another()) {
            further.appendNumbers(1, 3);
            for (String id : further.appendNumbers(4, 6)) {
                assertGapToAll(id, "1", "2", "3");
            }
        }
    }

    @Test
    void unknownIdInAnEmptyLogIsAGapToo() {
        assertGapToAll("#never");
    }

    private void assertGapToAll(String id, String... data) {
        Resolution resolution = log.resolve(id);
        Gap gap = Objects.requireNonNull(resolution.gap(), () -> "no gap for " + id);
        assertThat(gap.from()).isEqualTo(id);
        assertThat(gap.missed()).isEqualTo(Gap.UNKNOWN);
        assertThat(gap.to()).isEqualTo(resolution.position().token());
        assertThat(log.dataAfter(resolution.position())).containsExactly(data);
        assertThat(log.dataAfter(log.resolve(gap.to()).position())).containsExactly(data);
    }
}
