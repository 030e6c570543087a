package io.tidewire.testkit;

import static io.tidewire.log.AppendResult.Outcome.APPENDED;
import static io.tidewire.log.AppendResult.Outcome.CONFLICT;
import static io.tidewire.log.AppendResult.Outcome.DUPLICATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Audience;
import io.tidewire.log.Retention;
import io.tidewire.log.Update;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Appending once only, and appending only after what was expected. */
abstract class ConditionFacts {
    private final LogUnderTest log;

    ConditionFacts(LogUnderTest log) {
        this.log = log;
    }

    @AfterEach
    void close() {
        log.close();
    }

    private static Append keyed(String data, String key) {
        return new Append(Update.to("t").data(data).build(), key, null);
    }

    private static Append expecting(@Nullable String last, String topic, String data) {
        return new Append(Update.to(topic).data(data).build(), null, last);
    }

    @Test
    void repeatedKeyAppendsNothingAndIsAnsweredWithTheFirstId() {
        AppendResult first = log.append(keyed("first", "k"));
        log.append("t", "between");
        AppendResult second = log.append(keyed("second", "k"));

        assertThat(first.outcome()).isEqualTo(APPENDED);
        assertThat(second).isEqualTo(new AppendResult(DUPLICATE, first.id()));
        assertThat(log.dataAfter(log.earliest())).containsExactly("first", "between");
    }

    @Test
    void repeatedKeyWithinOneBatchCountsOnce() {
        List<AppendResult> results = log.append(List.of(keyed("a", "k"), keyed("b", "other"), keyed("c", "k")));

        assertThat(results).extracting(AppendResult::outcome).containsExactly(APPENDED, APPENDED, DUPLICATE);
        assertThat(results.get(2).id()).isEqualTo(results.get(0).id());
        assertThat(log.dataAfter(log.earliest())).containsExactly("a", "b");
    }

    @Test
    void keyHoldsAcrossTopics() {
        AppendResult first = log.append(keyed("first", "k"));
        AppendResult second = log.append(new Append(Update.to("elsewhere").build(), "k", null));

        assertThat(second).isEqualTo(new AppendResult(DUPLICATE, first.id()));
    }

    @Test
    void keyOutlivesItsEvent() {
        log.keeping(new Retention(2, 1 << 20, Duration.ofDays(1)));
        AppendResult first = log.append(keyed("first", "k"));
        log.appendNumbers(1, 10);

        assertThat(log.append(keyed("again", "k"))).isEqualTo(new AppendResult(DUPLICATE, first.id()));
        assertThat(log.dataAfter(log.earliest())).doesNotContain("again");
    }

    @Test
    void duplicateAnswersWithThePublishersId() {
        Append append = new Append(Update.to("t").id("mine").build(), "k", null);
        log.append(append);

        assertThat(log.append(append)).isEqualTo(new AppendResult(DUPLICATE, "mine"));
    }

    @Test
    void expectedLastIdLetsTheAppendThrough() {
        String last = log.append("t", "1");

        assertThat(log.append(expecting(last, "t", "2")).outcome()).isEqualTo(APPENDED);
    }

    @Test
    void otherLastIdIsAConflictThatTellsTheActualOne() {
        String first = log.append("t", "1");
        String second = log.append("t", "2");

        assertThat(log.append(expecting(first, "t", "3"))).isEqualTo(new AppendResult(CONFLICT, second));
        assertThat(log.dataAfter(log.earliest())).containsExactly("1", "2");
    }

    @Test
    void expectingNothingHoldsForAFreshTopicOnly() {
        AppendResult first = log.append(expecting(Append.NOTHING, "t", "1"));
        AppendResult second = log.append(expecting(Append.NOTHING, "t", "2"));

        assertThat(first.outcome()).isEqualTo(APPENDED);
        assertThat(second).isEqualTo(new AppendResult(CONFLICT, first.id()));
    }

    @Test
    void expectingNothingIsNotMetByAnEventWithThatId() {
        log.append(Update.to("t").id(Append.NOTHING).build());

        assertThat(log.append(expecting(Append.NOTHING, "t", "2")).outcome()).isEqualTo(CONFLICT);
    }

    @Test
    void expectingAnEventOfATopicThatHasNoneIsAConflictWithoutId() {
        String elsewhere = log.append("elsewhere", "1");

        assertThat(log.append(expecting(elsewhere, "t", "2"))).isEqualTo(new AppendResult(CONFLICT, null));
    }

    @Test
    void onlyTheFirstTopicCounts() {
        log.append(Update.to("own", "alternate").build());

        assertThat(log.append(expecting(Append.NOTHING, "alternate", "d")).outcome())
                .isEqualTo(APPENDED);
        assertThat(log.append(expecting(Append.NOTHING, "own", "d")).outcome()).isEqualTo(CONFLICT);
    }

    @Test
    void topicAndUserOfTheSameNameAreApart() {
        log.append(Update.to(new Audience.User("ann")).build());

        assertThat(log.append(expecting(Append.NOTHING, "ann", "d")).outcome()).isEqualTo(APPENDED);
    }

    @Test
    void expectationSeesTheSameBatch() {
        List<AppendResult> results =
                log.append(List.of(expecting(Append.NOTHING, "t", "1"), expecting(Append.NOTHING, "t", "2")));

        assertThat(results.get(1))
                .isEqualTo(new AppendResult(CONFLICT, results.get(0).id()));
    }

    @Test
    void conflictDoesNotUseUpItsKey() {
        log.append("t", "1");
        Append refused = new Append(Update.to("t").data("2").build(), "k", Append.NOTHING);
        assertThat(log.append(refused).outcome()).isEqualTo(CONFLICT);

        assertThat(log.append(keyed("3", "k")).outcome()).isEqualTo(APPENDED);
    }

    @Test
    void repeatIsADuplicateEvenIfItsExpectationHoldsNoMore() {
        Append append = new Append(Update.to("t").data("1").build(), "k", Append.NOTHING);
        AppendResult first = log.append(append);

        assertThat(log.append(append)).isEqualTo(new AppendResult(DUPLICATE, first.id()));
    }
}
