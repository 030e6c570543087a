package io.tidewire.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Cursor;
import io.tidewire.log.Gap;
import io.tidewire.log.Interest;
import io.tidewire.log.LogEntry;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Read;
import io.tidewire.log.Resolution;
import io.tidewire.log.Retention;
import io.tidewire.log.TopicRetention;
import io.tidewire.log.TopicRetention.Keep;
import io.tidewire.log.Update;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bounds of single topics (B4): what they cut, who is told, and that nobody else notices. */
abstract class TopicRetentionFacts {
    private static final Interest NEWS = new Interest(Set.of("news"), false, null);
    private static final Interest CHAT = new Interest(Set.of("chat/1"), false, null);

    private final LogUnderTest log;

    TopicRetentionFacts(LogUnderTest log) {
        this.log = log;
    }

    @AfterEach
    void close() {
        log.close();
    }

    private void keeping(TopicRetention... topics) {
        log.keeping(Retention.defaults().withTopics(List.of(topics)));
    }

    private List<String> all() {
        return log.dataAfter(log.earliest());
    }

    private Resolution resolve(String id, Interest interest) {
        return LogUnderTest.await(log.log().resolve(new Cursor.After(id), interest));
    }

    private Page read(Position after, Interest interest) {
        return log.read(new Read(after, Read.Mode.ALL, interest, 1000, LogUnderTest.PLENTY));
    }

    // --- the latest

    @Test
    void onlyTheLatestOfATopicStays() {
        keeping(TopicRetention.of("price/*").keeping(Keep.LATEST));
        log.append("price/a", "a1");
        log.append("news", "n1");
        log.append("price/b", "b1");
        log.append("price/a", "a2");
        log.append("news", "n2");
        log.append("price/a", "a3");

        assertThat(all()).containsExactly("n1", "b1", "n2", "a3");
    }

    @Test
    void onlyTheLatestOfEachKeyStays() {
        keeping(TopicRetention.of("prices").keeping(Keep.LATEST_PER_KEY));
        for (int i = 1; i <= 3; i++) {
            log.append(Update.to("prices").key("eur").data("eur" + i).build());
            log.append(Update.to("prices").key("usd").data("usd" + i).build());
            log.append(Update.to("prices").data("none" + i).build());
        }

        assertThat(all()).containsExactly("eur3", "usd3", "none3");
    }

    @Test
    void batchLeavesTheLatestToo() {
        keeping(TopicRetention.of("price").keeping(Keep.LATEST));
        log.append(List.of(
                Append.of(Update.to("price").data("1").build()),
                Append.of(Update.to("other").data("o").build()),
                Append.of(Update.to("price").data("2").build())));

        assertThat(all()).containsExactly("o", "2");
    }

    @Test
    void replacedIsNotMissed() {
        keeping(TopicRetention.of("chat/*").keeping(Keep.LATEST));
        String first = log.append("chat/1", "1");
        Position reader = log.newest();
        log.append("chat/1", "2");
        log.append("chat/1", "3");

        for (Interest interest : List.of(CHAT, Interest.ALL)) {
            Resolution resolution = resolve(first, interest);
            assertThat(resolution.gap()).isNull();
            assertThat(log.dataAfter(resolution.position())).containsExactly("3");
            Page page = read(reader, interest);
            assertThat(page.gap()).isNull();
            assertThat(LogUnderTest.data(page.entries())).containsExactly("3");
        }
    }

    @Test
    void whoSawAReplacedEventFindsHisPlaceByItsOwnId() {
        keeping(TopicRetention.of("chat/*").keeping(Keep.LATEST));
        log.append("news", "before");
        log.append(Update.to("chat/1").id("mine").data("1").build());
        log.append("news", "after");
        log.append("chat/1", "2");

        Resolution resolution = resolve("mine", Interest.ALL);
        assertThat(resolution.gap()).isNull();
        assertThat(log.dataAfter(resolution.position())).containsExactly("after", "2");
    }

    @Test
    void latestIsFoundAsTheNewestAndAsTheLast() {
        keeping(TopicRetention.of("price").keeping(Keep.LATEST));
        log.append("price", "1");
        String second = log.append("price", "2");

        assertThat(LogUnderTest.data(log.readLatest(log.earliest(), 10))).containsExactly("2");
        AppendResult result = log.append(new Append(Update.to("price").data("3").build(), null, second));
        assertThat(result.outcome()).isEqualTo(AppendResult.Outcome.APPENDED);
        assertThat(all()).containsExactly("3");
    }

    // --- bounds

    @Test
    void boundsAreEachTopicsOwn() {
        keeping(TopicRetention.of("chat/*").maxEvents(2));
        for (int i = 1; i <= 4; i++) {
            log.append("chat/1", "a" + i);
            log.append("chat/2", "b" + i);
            log.append("news", "n" + i);
        }

        assertThat(all()).containsExactly("n1", "n2", "a3", "b3", "n3", "a4", "b4", "n4");
    }

    @Test
    void bytesOfATopicCut() {
        keeping(TopicRetention.of("chat/*").maxBytes(50_000));
        log.append("news", "n");
        for (int i = 0; i < 20; i++) {
            log.append("chat/1", "x".repeat(10_000));
        }

        assertThat(all()).hasSizeBetween(2, 6).startsWith("n");
    }

    @Test
    void ageOfATopicCutsWithoutAnAppend() {
        keeping(TopicRetention.of("chat/*").maxAge(Duration.ofMinutes(1)));
        log.append("chat/1", "1");
        log.append("news", "n");
        log.clock.advance(Duration.ofSeconds(40));
        log.append("chat/1", "2");
        log.clock.advance(Duration.ofSeconds(40));

        assertThat(all()).containsExactly("n", "2");
        log.clock.advance(Duration.ofSeconds(40));
        assertThat(all()).containsExactly("n");
        AppendResult result = log.append(new Append(Update.to("chat/1").build(), null, Append.NOTHING));
        assertThat(result.outcome()).isEqualTo(AppendResult.Outcome.APPENDED);
    }

    @Test
    void firstOfTheRulesThatMatchCounts() {
        keeping(
                TopicRetention.of("chat/vip").maxEvents(3),
                TopicRetention.of("chat/*").maxEvents(1));
        for (int i = 1; i <= 4; i++) {
            log.append("chat/vip", "v" + i);
            log.append("chat/1", "a" + i);
        }

        assertThat(all()).containsExactly("v2", "v3", "v4", "a4");
    }

    @Test
    void ruleGoesByTheFirstTopic() {
        keeping(TopicRetention.of("chat/*").maxEvents(1));
        for (int i = 1; i <= 2; i++) {
            log.append(Update.to("news", "chat/1").data("n" + i).build());
            log.append(Update.to("chat/1", "news").data("c" + i).build());
        }

        assertThat(all()).containsExactly("n1", "n2", "c2");
    }

    // --- who is told

    @Test
    void cutIsAGapForThoseWhoWantedThatTopicAndForNobodyElse() {
        keeping(TopicRetention.of("chat/*").maxEvents(1));
        String seen = log.append("news", "n1");
        for (int i = 1; i <= 3; i++) {
            log.append("chat/1", "a" + i);
        }
        log.append("news", "n2");

        assertThat(resolve(seen, NEWS).gap()).isNull();
        assertThat(read(resolve(seen, NEWS).position(), NEWS).gap()).isNull();
        assertGap(resolve(seen, CHAT).gap(), seen);
        assertGap(resolve(seen, Interest.ALL).gap(), seen);
    }

    @Test
    void cutOfAnAlternateTopicIsToldToo() {
        keeping(TopicRetention.of("chat/*").maxEvents(1));
        String seen = log.append("news", "n1");
        log.append(Update.to("chat/1", "news").data("a1").build());
        log.append("chat/1", "a2");

        assertGap(resolve(seen, NEWS).gap(), seen);
    }

    @Test
    void gapOfATopicIsToldOnceAndTheOthersEventsAreAllThere() {
        keeping(TopicRetention.of("chat/*").maxEvents(1));
        String seen = log.append("news", "n1");
        for (int i = 1; i <= 3; i++) {
            log.append("chat/1", "a" + i);
            log.append("news", "m" + i);
        }

        Resolution resolution = resolve(seen, Interest.ALL);
        assertGap(resolution.gap(), seen);
        Position cursor = resolution.position();
        StringBuilder got = new StringBuilder();
        for (boolean atHead = false; !atHead; ) {
            Page page = log.read(cursor, 1);
            assertThat(page.gap()).isNull();
            for (LogEntry entry : page.entries()) {
                got.append(entry.update().data()).append(' ');
            }
            atHead = page.atHead();
            cursor = page.end();
        }
        assertThat(got).hasToString("m1 m2 a3 m3 ");
    }

    @Test
    void readerThatIsOvertakenIsToldOnce() {
        keeping(TopicRetention.of("chat/*").maxEvents(1));
        log.append("chat/1", "a1");
        Position cursor = log.newest();
        log.append("chat/1", "a2");
        log.append("chat/1", "a3");
        log.append("news", "n1");

        Page first = log.read(cursor, 1);
        assertGap(first.gap(), cursor.token());
        assertThat(LogUnderTest.data(first.entries())).containsExactly("a3");
        Page second = log.read(first.end(), 10);
        assertThat(second.gap()).isNull();
        assertThat(LogUnderTest.data(second.entries())).containsExactly("n1");
        log.append("chat/1", "a4");
        log.append("chat/1", "a5");
        assertGap(log.read(second.end(), 10).gap(), second.end().token());
    }

    @Test
    void earliestIsNoGap() {
        keeping(TopicRetention.of("chat/*").maxEvents(1));
        log.append("chat/1", "a1");
        log.append("chat/1", "a2");

        Resolution resolution = log.resolve(new Cursor.Earliest());
        assertThat(resolution.gap()).isNull();
        Page page = log.read(resolution.position(), 10);
        assertThat(page.gap()).isNull();
        assertThat(LogUnderTest.data(page.entries())).containsExactly("a2");
    }

    @Test
    void logsOwnBoundsHoldAsWell() {
        log.keeping(new Retention(3, 1 << 30, Duration.ofDays(1))
                .withTopics(List.of(TopicRetention.of("chat/*").maxEvents(100))));
        String first = log.append("chat/1", "1");
        for (int i = 2; i <= 6; i++) {
            log.append("chat/1", Integer.toString(i));
        }

        assertThat(all()).containsExactly("4", "5", "6");
        assertGap(resolve(first, CHAT).gap(), first);
        assertThat(log.dataAfter(resolve(first, CHAT).position())).containsExactly("4", "5", "6");
    }

    @Test
    void followersSeeEverythingWhateverIsCut() {
        keeping(TopicRetention.of("price").keeping(Keep.LATEST));
        Followed followed = new Followed();
        log.log().follow(followed);
        for (int i = 1; i <= 5; i++) {
            log.append("price", Integer.toString(i));
        }

        assertThat(LogUnderTest.data(followed.await(5))).containsExactly("1", "2", "3", "4", "5");
    }

    private static void assertGap(@Nullable Gap gap, String from) {
        assertThat(gap).as("gap after %s", from).isNotNull();
        assertThat(gap.from()).isEqualTo(from);
    }
}
