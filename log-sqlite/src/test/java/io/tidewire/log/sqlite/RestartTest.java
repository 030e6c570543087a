package io.tidewire.log.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.AppendResult.Outcome;
import io.tidewire.log.Gap;
import io.tidewire.log.Interest;
import io.tidewire.log.Read;
import io.tidewire.log.Retention;
import io.tidewire.log.TopicRetention;
import io.tidewire.log.Update;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What outlives the process. */
class RestartTest {
    private static final Retention TEN_EVENTS = new Retention(10, 1 << 30, Duration.ofDays(1));

    @TempDir
    Path directory;

    private final Opened.Clock clock = new Opened.Clock();

    private void run(Retention retention, Consumer<Opened> life) {
        try (Opened log = Opened.in(directory, retention, clock)) {
            life.accept(log);
        }
    }

    private void run(Consumer<Opened> life) {
        run(Retention.defaults(), life);
    }

    @Test
    void eventsAndTheirIdsStay() {
        run(log -> log.appendNumbers(1, 100));
        List<String> ids = new ArrayList<>();
        run(log -> ids.addAll(log.ids()));

        run(log -> {
            assertThat(log.ids()).isEqualTo(ids).hasSize(100);
            assertThat(log.resolve(ids.get(49)).gap()).isNull();
            assertThat(log.data(log.resolve(ids.get(49)).position()))
                    .hasSize(50)
                    .startsWith("51");
        });
    }

    @Test
    void numbersGoOn() {
        List<String> ids = new ArrayList<>();
        run(log -> ids.addAll(log.appendNumbers(1, 5)));
        run(log -> ids.addAll(log.appendNumbers(6, 10)));

        assertThat(ids).doesNotHaveDuplicates();
        run(log -> assertThat(log.ids()).isEqualTo(ids));
    }

    @Test
    void numberOfAnEventThatIsGoneIsNotGivenAgain() {
        Retention minute = new Retention(1000, 1 << 30, Duration.ofMinutes(1));
        List<String> ids = new ArrayList<>();
        run(minute, log -> ids.addAll(log.appendNumbers(1, 5)));
        clock.advance(Duration.ofHours(1));
        run(minute, log -> assertThat(log.data()).isEmpty());
        run(minute, log -> {
            String next = log.append("t", "new");
            assertThat(ids).doesNotContain(next);
            Gap gap = log.resolve(ids.get(1)).gap();
            assertThat(gap).isNotNull();
            assertThat(log.data(log.resolve(ids.get(4)).position())).containsExactly("new");
        });
    }

    @Test
    void usedKeyIsADuplicateForADay() {
        Append keyed = new Append(Update.to("t").data("1").build(), "key", null);
        AppendResult[] first = new AppendResult[1];
        run(log -> first[0] = log.append(keyed));

        run(log -> assertThat(log.append(keyed)).isEqualTo(new AppendResult(Outcome.DUPLICATE, first[0].id())));
        clock.advance(Duration.ofHours(25));
        run(log -> assertThat(log.append(keyed).outcome()).isEqualTo(Outcome.APPENDED));
    }

    @Test
    void expectedVersionHolds() {
        String[] last = new String[1];
        run(log -> last[0] = log.append("t", "1"));

        run(log -> {
            Append other = new Append(Update.to("t").data("2").build(), null, Append.NOTHING);
            assertThat(log.append(other)).isEqualTo(new AppendResult(Outcome.CONFLICT, last[0]));
            Append right = new Append(Update.to("t").data("2").build(), null, last[0]);
            assertThat(log.append(right).outcome()).isEqualTo(Outcome.APPENDED);
        });
    }

    @Test
    void publishersIdIsFound() {
        run(log -> {
            log.append(Update.to("t").id("mine").data("1").build());
            log.append("t", "2");
        });

        run(log -> assertThat(log.data(log.resolve("mine").position())).containsExactly("2"));
    }

    @Test
    void whatWasCutStaysAGap() {
        List<String> ids = new ArrayList<>();
        run(TEN_EVENTS, log -> ids.addAll(log.appendNumbers(1, 25)));

        run(log -> {
            assertThat(log.data()).hasSize(10).endsWith("25");
            assertThat(log.resolve(ids.get(3)).gap()).isNotNull();
            assertThat(log.resolve(ids.get(20)).gap()).isNull();
        });
    }

    @Test
    void cutOfASingleTopicStaysAGap() {
        Retention one = Retention.defaults()
                .withTopics(List.of(TopicRetention.of("chat/*").maxEvents(1)));
        String[] seen = new String[1];
        run(one, log -> {
            seen[0] = log.append("chat/1", "1");
            log.append("chat/1", "2");
            log.append("chat/1", "3");
        });

        run(one, log -> {
            assertThat(log.resolve(seen[0]).gap()).isNotNull();
            assertThat(log.data()).containsExactly("3");
        });
    }

    @Test
    void tokenOfAnotherDatabaseIsAGap(@TempDir Path elsewhere) {
        String foreign;
        try (Opened other = Opened.in(elsewhere)) {
            foreign = other.append("t", "1");
        }

        run(log -> {
            log.appendNumbers(1, 3);
            Gap gap = log.resolve(foreign).gap();
            assertThat(gap).isNotNull();
            assertThat(gap.missed()).isEqualTo(Gap.UNKNOWN);
            assertThat(log.data(log.resolve(foreign).position())).containsExactly("1", "2", "3");
        });
    }

    @Test
    void narrowerBoundsHoldFromTheStart() {
        run(log -> log.appendNumbers(1, 1000));

        run(TEN_EVENTS, log -> assertThat(log.data()).hasSize(10).startsWith("991"));
        run(
                new Retention(1000, 1000, Duration.ofDays(1)),
                log -> assertThat(log.data()).hasSizeBetween(1, 9).endsWith("1000"));
    }

    @Test
    void newRuleForATopicCutsAtItsNextEvent() {
        run(log -> {
            for (int i = 1; i <= 300; i++) {
                log.append(Update.to("prices").key("k" + i % 3).data("p" + i).build());
            }
            log.append("news", "n");
        });

        TopicRetention perKey = TopicRetention.of("prices").keeping(TopicRetention.Keep.LATEST_PER_KEY);
        run(Retention.defaults().withTopics(List.of(perKey)), log -> {
            log.append(Update.to("prices").key("k1").data("p301").build());
            assertThat(log.data()).containsExactly("p299", "p300", "n", "p301");
        });
        TopicRetention latest = TopicRetention.of("prices").keeping(TopicRetention.Keep.LATEST);
        run(Retention.defaults().withTopics(List.of(latest)), log -> {
            log.append(Update.to("prices").key("k2").data("p302").build());
            assertThat(log.data()).containsExactly("n", "p302");
        });
    }

    @Test
    void newRuleForAQuietTopicIsAppliedInTime() {
        run(log -> {
            log.appendNumbers(1, 300);
            log.append("news", "n");
        });

        TopicRetention five = TopicRetention.of("numbers").maxEvents(5);
        run(
                Retention.defaults().withTopics(List.of(five)),
                log -> Awaitility.await()
                        .untilAsserted(
                                () -> assertThat(log.data()).containsExactly("296", "297", "298", "299", "300", "n")));
    }

    @Test
    void countsOfATopicGoOnWhereTheyWere() {
        Retention three = Retention.defaults()
                .withTopics(List.of(TopicRetention.of("numbers").maxEvents(3)));
        run(three, log -> log.appendNumbers(1, 2));
        run(three, log -> log.appendNumbers(3, 3));
        run(three, log -> {
            assertThat(log.data()).containsExactly("1", "2", "3");
            log.appendNumbers(4, 5);
            assertThat(log.data()).containsExactly("3", "4", "5");
        });
    }

    @Test
    void indexesServeWhatAnEarlierLifeWrote() {
        run(log -> {
            for (int i = 0; i < 50; i++) {
                log.append("t" + i % 5, Integer.toString(i));
            }
        });

        run(log -> {
            Interest third = new Interest(Set.of("t3"), false, null);
            assertThat(Opened.data(log.readAll(log.earliest(), Read.Mode.ALL, third)))
                    .containsExactly("3", "8", "13", "18", "23", "28", "33", "38", "43", "48");
            assertThat(Opened.data(log.readAll(log.earliest(), Read.Mode.LATEST, third)))
                    .containsExactly("48");
        });
    }
}
