package io.tidewire.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Audience;
import io.tidewire.log.Interest;
import io.tidewire.log.Page;
import io.tidewire.log.Read;
import io.tidewire.log.Update;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading the latest only, and reading what is of interest. */
abstract class SelectionFacts {
    private final LogUnderTest log;

    SelectionFacts(LogUnderTest log) {
        this.log = log;
    }

    @AfterEach
    void close() {
        log.close();
    }

    private void put(String topic, @Nullable String key, String data) {
        log.append(Update.to(topic).key(key).data(data).build());
    }

    private void putPrices() {
        put("fx", "EUR", "eur1");
        put("fx", "USD", "usd1");
        put("fx", null, "fx1");
        put("gold", "EUR", "gold-eur1");
        put("fx", "EUR", "eur2");
        put("gold", null, "gold1");
        put("fx", null, "fx2");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 100})
    void latestIsTheNewestOfEachTopicAndKeyInOrder(int maxEvents) {
        putPrices();

        assertThat(LogUnderTest.data(log.readLatest(log.earliest(), maxEvents)))
                .containsExactly("usd1", "gold-eur1", "eur2", "gold1", "fx2");
    }

    @Test
    void latestAfterACursorIsOnlyWhatTheCursorHasNotSeen() {
        put("fx", "EUR", "eur1");
        put("fx", "USD", "usd1");
        String seen = log.append("gold", "gold1");
        put("fx", "EUR", "eur2");

        assertThat(LogUnderTest.data(log.readLatest(log.resolve(seen).position(), 10)))
                .containsExactly("eur2");
    }

    @Test
    void latestCountsAnAlternateTopicAsNoTopicOfItsOwn() {
        log.append(Update.to("a", "shared").data("1").build());
        log.append(Update.to("b", "shared").data("2").build());

        assertThat(LogUnderTest.data(log.readLatest(log.earliest(), 10))).containsExactly("1", "2");
    }

    @Test
    void latestKeepsUsersAndConnectionsAndTopicsOfOneNameApart() {
        List<Audience> audiences = List.of(
                Audience.topic("x"), new Audience.User("x"), new Audience.Connection("x"), new Audience.Everyone());
        for (Audience audience : audiences) {
            log.append(Update.to(audience).data("old").build());
        }
        for (Audience audience : audiences) {
            log.append(Update.to(audience).data("new").build());
        }

        assertThat(log.readLatest(log.earliest(), 10))
                .extracting(entry -> entry.update().audience())
                .isEqualTo(audiences);
    }

    @Test
    void newerValueThatCameWhileReadingComesLater() {
        putPrices();
        Page page = log.read(new Read(log.earliest(), Read.Mode.LATEST, Interest.ALL, 1, LogUnderTest.PLENTY));
        put("fx", "USD", "usd2");

        assertThat(LogUnderTest.data(page.entries())).containsExactly("usd1");
        assertThat(LogUnderTest.data(log.readLatest(page.end(), 1))).endsWith("usd2");
    }

    @Test
    void topicOfInterestIsNeverHidden() {
        for (int i = 0; i < 300; i++) {
            log.append("t" + i % 10, Integer.toString(i));
        }

        assertThat(read(new Interest(Set.of("t3"), false, null), 7)).contains("3", "13", "153", "293");
    }

    @Test
    void alternateTopicOfInterestIsNeverHidden() {
        log.append(Update.to("a", "b", "c").data("1").build());

        assertThat(read(new Interest(Set.of("c"), false, null), 10)).contains("1");
    }

    @Test
    void broadcastAndConnectionUpdatesAreAlwaysOfInterest() {
        log.append(Update.to(new Audience.Everyone()).data("everyone").build());
        log.append("other", "other");
        log.append(Update.to(new Audience.Connection("c")).data("connection").build());

        assertThat(read(new Interest(Set.of(), false, null), 10)).contains("everyone", "connection");
    }

    @Test
    void updateOfTheUserOfInterestIsNeverHidden() {
        log.append(Update.to(new Audience.User("ann")).data("ann").build());
        log.append(Update.to(new Audience.User("bob")).data("bob").build());

        assertThat(read(new Interest(Set.of(), false, "ann"), 10)).contains("ann");
        assertThat(read(Interest.ALL, 10)).containsExactly("ann", "bob");
    }

    @Test
    void anyTopicMeansEveryTopic() {
        log.append("a", "1");
        log.append("b", "2");

        assertThat(read(new Interest(Set.of("a"), true, null), 10)).containsExactly("1", "2");
    }

    @Test
    void headIsReachedHoweverMuchIsOfNoInterest() {
        for (int i = 0; i < 10_000; i++) {
            log.append("noise", "n");
        }
        log.append("signal", "s");

        assertThat(read(new Interest(Set.of("signal"), false, null), 1)).endsWith("s");
    }

    private List<String> read(Interest interest, int maxEvents) {
        return LogUnderTest.data(
                log.readOn(new Read(log.earliest(), Read.Mode.ALL, interest, maxEvents, LogUnderTest.PLENTY)));
    }
}
