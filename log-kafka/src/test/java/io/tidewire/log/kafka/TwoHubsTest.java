package io.tidewire.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.AppendResult.Outcome;
import io.tidewire.log.Cursor;
import io.tidewire.log.LogEntry;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Resolution;
import io.tidewire.log.Update;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two hubs on one Kafka topic. */
final class TwoHubsTest {
    private final String topic = "two-" + UUID.randomUUID();
    private final List<TestHub> open = new ArrayList<>();

    private TestHub hub(int partitions) {
        TestHub hub = new TestHub(Broker.shared().config(topic, partitions));
        open.add(hub);
        return hub;
    }

    @AfterEach
    void close() {
        open.forEach(TestHub::close);
    }

    private static Append append(String to, String data, @Nullable String key, @Nullable String expected) {
        return new Append(Update.to(to).data(data).build(), key, expected);
    }

    private static void awaitFollowed(TestHub hub, int count) {
        Awaitility.await().until(() -> hub.followed().size() >= count);
    }

    @Test
    void whatOneAppendsTheOtherFollows() {
        TestHub a = hub(4);
        TestHub b = hub(4);
        for (int i = 0; i < 50; i++) {
            (i % 2 == 0 ? a : b).append("t" + i % 7, Integer.toString(i));
        }

        awaitFollowed(a, 50);
        awaitFollowed(b, 50);
        assertThat(TestHub.data(a.followed())).containsExactlyInAnyOrderElementsOf(TestHub.data(b.followed()));
        for (int t = 0; t < 7; t++) {
            String name = "t" + t;
            assertThat(ofTopic(a.followed(), name))
                    .isEqualTo(ofTopic(b.followed(), name))
                    .isNotEmpty();
        }
    }

    private static List<String> ofTopic(List<LogEntry> entries, String name) {
        return TestHub.data(entries.stream()
                .filter(entry -> entry.update().audience().channel().equals(name))
                .toList());
    }

    @Test
    void hubThatComesLaterHasItAll() {
        TestHub a = hub(4);
        for (int i = 0; i < 100; i++) {
            a.append("t" + i % 5, Integer.toString(i));
        }
        TestHub b = hub(4);

        assertThat(b.all()).containsExactlyInAnyOrderElementsOf(a.all()).hasSize(100);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void oneOfTwoThatExpectTheSameLastEventIsThroughAndTheOtherIsToldOfIt(int partitions) {
        TestHub a = hub(partitions);
        TestHub b = hub(partitions);
        String last = Append.NOTHING;
        for (int round = 0; round < 40; round++) {
            CompletionStage<List<AppendResult>> first = a.log.append(List.of(append("t", "a" + round, null, last)));
            CompletionStage<List<AppendResult>> second = b.log.append(List.of(append("t", "b" + round, null, last)));
            AppendResult ofA = TestHub.await(first).get(0);
            AppendResult ofB = TestHub.await(second).get(0);

            assertThat(List.of(ofA.outcome(), ofB.outcome()))
                    .containsExactlyInAnyOrder(Outcome.APPENDED, Outcome.CONFLICT);
            AppendResult winner = ofA.outcome() == Outcome.APPENDED ? ofA : ofB;
            AppendResult loser = ofA.outcome() == Outcome.APPENDED ? ofB : ofA;
            assertThat(a.readAll(a.resolve(String.valueOf(winner.id())).position()))
                    .isEmpty();
            assertThat(a.readAll(a.resolve(String.valueOf(loser.id())).position()))
                    .isEmpty();
            last = String.valueOf(round % 2 == 0 ? winner.id() : loser.id());
        }
        awaitFollowed(a, 40);
        awaitFollowed(b, 40);
        assertThat(TestHub.data(a.followed()))
                .isEqualTo(TestHub.data(b.followed()))
                .hasSize(40);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void oneOfTwoWithTheSameKeyIsThroughAndTheOtherIsARepeat(int partitions) {
        TestHub a = hub(partitions);
        TestHub b = hub(partitions);
        for (int round = 0; round < 40; round++) {
            CompletionStage<List<AppendResult>> first =
                    a.log.append(List.of(append("t", "a" + round, "k" + round, null)));
            CompletionStage<List<AppendResult>> second =
                    b.log.append(List.of(append("t", "b" + round, "k" + round, null)));
            AppendResult ofA = TestHub.await(first).get(0);
            AppendResult ofB = TestHub.await(second).get(0);

            assertThat(List.of(ofA.outcome(), ofB.outcome()))
                    .containsExactlyInAnyOrder(Outcome.APPENDED, Outcome.DUPLICATE);
            if (partitions == 1) {
                assertThat(ofA.id()).isEqualTo(ofB.id());
            }
        }
        assertThat(a.all()).isEqualTo(b.all()).hasSize(40);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void restartForgetsNothing(int partitions) {
        TestHub before = hub(partitions);
        AppendResult first = before.append(append("t", "first", "key", null));
        before.append(append("t", "repeat", "key", null));
        before.append(append("t", "refused", null, Append.NOTHING));
        before.append(Append.of(Update.to("u").id("mine").data("named").build()));
        String last = before.append("t", "last");
        List<String> all = before.all();
        before.close();

        TestHub after = hub(partitions);
        assertThat(after.all())
                .containsExactlyInAnyOrderElementsOf(all)
                .containsExactlyInAnyOrder("first", "named", "last");
        assertThat(after.append(append("t", "again", "key", null)).outcome()).isEqualTo(Outcome.DUPLICATE);
        assertThat(after.append(append("t", "refused", null, first.id())).outcome())
                .isEqualTo(Outcome.CONFLICT);
        assertThat(after.append(append("t", "next", null, last)).outcome()).isEqualTo(Outcome.APPENDED);
        Resolution resolution = after.resolve(String.valueOf(first.id()));
        assertThat(resolution.gap()).isNull();
        assertThat(TestHub.data(after.readAll(resolution.position())))
                .contains("last", "next")
                .doesNotContain("first");
        assertThat(after.resolve("mine").gap()).isNull();
    }

    @Test
    void idOfAnotherTopicIsAGap() {
        TestHub one = hub(4);
        one.append("t", "1");
        try (TestHub other = new TestHub(Broker.shared().config("other-" + UUID.randomUUID(), 4))) {
            String foreign = other.append("t", "x");

            Resolution resolution = one.resolve(foreign);
            assertThat(resolution.gap()).isNotNull();
            assertThat(TestHub.data(one.readAll(resolution.position()))).containsExactly("1");
        }
    }

    @Test
    void idAheadOfEverythingIsAGap() {
        TestHub one = hub(1);
        one.append("t", "1");
        Place head = (Place) one.resolve(new Cursor.Newest()).position();
        long[] further = {head.vector()[0] + Offsets.place(5, 0)};
        String token = new Place(tokensOf(head), 0, further, 0, 0, 0).token();

        assertThat(one.resolve(token).gap()).isNotNull();
    }

    private static Tokens tokensOf(Place place) {
        return place.tokens();
    }

    // --- a subscriber that moves between the hubs

    @Test
    void subscriberThatMovesBetweenHubsSeesEveryEventOnceAndInTheOrderOfItsTopic() {
        long seed = Long.getLong("tidewire.seed", new Random().nextLong());
        TestHub a = hub(4);
        TestHub b = hub(4);
        for (int run = 0; run < 30; run++) {
            try {
                new Walk(new Random(seed + run), List.of(a, b)).run();
            } catch (AssertionError e) {
                throw new AssertionError("replay with -Dtidewire.seed=" + (seed + run) + "\n" + e.getMessage(), e);
            }
        }
    }

    /** One subscriber's random life, while others publish. */
    private static final class Walk {
        private static final int STEPS = 120;
        private static final int TOPICS = 4;

        private final Random random;
        private final List<TestHub> hubs;
        private final Map<String, List<String>> published = new HashMap<>();
        private final Map<String, List<String>> seen = new HashMap<>();
        private final List<CompletionStage<List<AppendResult>>> appending = new ArrayList<>();
        private final String prefix = UUID.randomUUID() + "/";
        private TestHub hub;
        private Position cursor;
        private String lastId;
        private int counter;

        Walk(Random random, List<TestHub> hubs) {
            this.random = random;
            this.hubs = hubs;
            this.hub = anyHub();
            this.cursor = hub.resolve(new Cursor.Newest()).position();
            this.lastId = cursor.token();
        }

        private TestHub anyHub() {
            return hubs.get(random.nextInt(hubs.size()));
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(4)) {
                    case 0, 1 -> publish();
                    case 2 -> receive(1 + random.nextInt(4), random.nextInt(6));
                    default -> reconnect();
                }
            }
            appending.forEach(TestHub::await);
            reconnect();
            Awaitility.await().untilAsserted(() -> {
                receive(100, Integer.MAX_VALUE);
                assertThat(seen).isEqualTo(published);
            });
        }

        /** Each topic is published on one hub, where calls keep their order; nobody waits, so partitions mingle differently. */
        private void publish() {
            int publisher = random.nextInt(hubs.size());
            List<Append> batch = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                String name = prefix + (random.nextInt(TOPICS) * hubs.size() + publisher);
                String data = Integer.toString(counter++);
                batch.add(Append.of(Update.to(name).data(data).build()));
                published.computeIfAbsent(name, any -> new ArrayList<>()).add(data);
            }
            appending.add(hubs.get(publisher).log.append(batch));
        }

        /** As a hub does: from the window if that reaches back so far, else a page of the log. */
        private void receive(int maxEvents, int atMost) {
            List<LogEntry> live = random.nextBoolean() || atMost == Integer.MAX_VALUE ? hub.windowAfter(cursor) : null;
            if (live != null) {
                deliver(live, atMost);
                return;
            }
            Page page = hub.read(cursor, maxEvents);
            assertThat(page.gap()).isNull();
            if (deliver(page.entries(), atMost)) {
                cursor = page.end();
                if (random.nextBoolean()) {
                    lastId = cursor.token(); // as a heartbeat tells it
                }
            }
        }

        private boolean deliver(List<LogEntry> entries, int atMost) {
            int delivered = Math.min(atMost, entries.size());
            entries.subList(0, delivered).forEach(this::deliver);
            return delivered == entries.size();
        }

        private void deliver(LogEntry entry) {
            cursor = entry.position();
            lastId = entry.id();
            String name = entry.update().audience().channel();
            if (name.startsWith(prefix)) {
                seen.computeIfAbsent(name, any -> new ArrayList<>())
                        .add(entry.update().data());
            }
        }

        private void reconnect() {
            hub = anyHub();
            Resolution resolution = hub.resolve(lastId);
            assertThat(resolution.gap()).isNull();
            cursor = resolution.position();
            if (random.nextBoolean()) {
                lastId = cursor.token();
            }
        }
    }
}
