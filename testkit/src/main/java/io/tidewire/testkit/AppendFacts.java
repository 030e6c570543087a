package io.tidewire.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Audience;
import io.tidewire.log.LogEntry;
import io.tidewire.log.Update;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of an update. */
abstract class AppendFacts {
    private final LogUnderTest log;

    AppendFacts(LogUnderTest log) {
        this.log = log;
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void acknowledgedIsVisible() {
        for (int i = 0; i < 20; i++) {
            String id = log.append("t", "d" + i);
            List<LogEntry> all = log.readAll(log.earliest());
            assertThat(LogUnderTest.ids(all)).hasSize(i + 1).endsWith(id);
        }
    }

    @Test
    void orderIsTheOrderOfAppending() {
        List<String> ids = log.appendNumbers(1, 200);

        List<LogEntry> all = log.readAll(log.earliest());
        assertThat(LogUnderTest.ids(all)).isEqualTo(ids);
        assertThat(LogUnderTest.data(all)).startsWith("1", "2", "3").endsWith("199", "200");
    }

    @Test
    void batchIsAppendedInOrderWithOneResultEach() {
        List<Append> batch = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            batch.add(Append.of(Update.to("t" + i % 3).data(Integer.toString(i)).build()));
        }

        List<AppendResult> results = log.append(batch);

        List<LogEntry> all = log.readAll(log.earliest());
        assertThat(results).allMatch(result -> result.outcome() == AppendResult.Outcome.APPENDED);
        assertThat(LogUnderTest.ids(all))
                .isEqualTo(results.stream().map(AppendResult::id).toList());
        assertThat(LogUnderTest.data(all))
                .isEqualTo(batch.stream().map(append -> append.update().data()).toList());
    }

    @Test
    void emptyBatchAppendsNothing() {
        assertThat(log.append(List.of())).isEmpty();
        assertThat(log.readAll(log.earliest())).isEmpty();
    }

    @Test
    void idsAreDifferentAndNeedNoPreflight() {
        List<String> ids = log.appendNumbers(1, 100);

        assertThat(ids).doesNotHaveDuplicates();
        // Fetch, "CORS-unsafe request-header byte" and 128 bytes; and '#' is what tells them from publishers' ids.
        assertThat(ids).allMatch(id -> id.matches("#[A-Za-z0-9._~,;=*/+-]+") && id.length() <= Update.MAX_ID_LENGTH);
    }

    @Test
    void idOfThePublisherIsTheIdOfTheEvent() {
        String id = log.append(Update.to("t").id("urn:uuid:1").build());

        assertThat(id).isEqualTo("urn:uuid:1");
        LogEntry entry = log.readAll(log.earliest()).get(0);
        assertThat(entry.id()).isEqualTo("urn:uuid:1");
        assertThat(entry.position().token()).startsWith("#");
    }

    @Test
    void everyFieldComesBack() {
        Update update = new Update(
                new Audience.Topics(List.of("a/1", "ünï/côdé 😀")),
                "price",
                "two\nlines, \u0000 and \uD83D\uDE00",
                "id-1",
                "key-1",
                Duration.ofMillis(1234),
                true);
        log.append(update);

        LogEntry entry = log.readAll(log.earliest()).get(0);
        assertThat(entry.update()).isEqualTo(update);
        assertThat(entry.timeMillis()).isEqualTo(log.clock.millis());
    }

    @Test
    void fieldsThatWereNotGivenStayAbsent() {
        Update update = Update.to("t").build();
        log.append(update);

        assertThat(log.readAll(log.earliest()).get(0).update()).isEqualTo(update);
    }

    @Test
    void everyKindOfAudienceComesBack() {
        List<Audience> audiences = List.of(
                Audience.topic("t"), new Audience.Everyone(), new Audience.User("ann"), new Audience.Connection("c1"));
        for (Audience audience : audiences) {
            log.append(Update.to(audience).data("d").build());
        }

        assertThat(log.readAll(log.earliest()))
                .extracting(entry -> entry.update().audience())
                .isEqualTo(audiences);
    }

    @Test
    void largePayloadComesBackWhole() {
        String data = "0123456789abcdef".repeat(1 << 16);
        log.append("t", data);

        assertThat(log.dataAfter(log.earliest())).containsExactly(data);
    }
}
