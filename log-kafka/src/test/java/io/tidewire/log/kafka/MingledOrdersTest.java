package io.tidewire.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Append;
import io.tidewire.log.Cursor;
import io.tidewire.log.Interest;
import io.tidewire.log.LogEntry;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Read;
import io.tidewire.log.Resolution;
import io.tidewire.log.Retention;
import io.tidewire.log.Update;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Hubs that met the partitions' records in quite different orders, and a subscriber that moves between them; without a broker. */
final class MingledOrdersTest {
    private static final int RUNS = 1500;

    @Test
    void everyEventIsSeenOnceAndInTheOrderOfItsPartition() {
        Long wanted = Long.getLong("tidewire.seed");
        long first = wanted == null ? new Random().nextLong() : wanted;
        int foreign = 0;
        for (int run = 0; run < (wanted == null ? RUNS : 1); run++) {
            Walk walk = new Walk(new Random(first + run));
            try {
                walk.run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("replay with -Dtidewire.seed=" + (first + run) + "\n" + e.getMessage(), e);
            }
            foreign += walk.foreign;
        }
        if (wanted == null) {
            assertThat(foreign)
                    .as("ids that were no place in the hub's own order")
                    .isGreaterThan(RUNS);
        }
    }

    private static final class Walk {
        private static final int STEPS = 150;

        private final Random random;
        private final int slots;
        private final Tokens tokens;
        private final List<List<View.Incoming>> partitions = new ArrayList<>();
        private final List<ModelHub> hubs = new ArrayList<>();
        private final Map<Integer, List<String>> published = new HashMap<>();
        private final Map<Integer, List<String>> seen = new HashMap<>();
        private final Map<String, Integer> slotOf = new HashMap<>();
        private ModelHub hub;
        private Position cursor;
        private String lastId;
        private int counter;
        private int foreign;

        Walk(Random random) {
            this.random = random;
            this.slots = 1 + random.nextInt(4);
            Layout layout =
                    new Layout(List.of(new Layout.Section("model", new Uuid(random.nextLong(), 1), slots, null)));
            this.tokens = new Tokens(layout);
            for (int slot = 0; slot < slots; slot++) {
                partitions.add(new ArrayList<>());
            }
            for (int i = 0; i < 3; i++) {
                hubs.add(new ModelHub());
            }
            this.hub = hubs.get(0);
            this.cursor = earliest(hub);
            this.lastId = cursor.token();
        }

        private Position earliest(ModelHub of) {
            Resolution resolution = of.view.resolve(new Cursor.Earliest(), Interest.ALL);
            assertThat(resolution).isNotNull();
            return resolution.position();
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(6)) {
                    case 0 -> publish();
                    case 1, 2 -> hubs.get(random.nextInt(hubs.size())).consume(random.nextInt(4));
                    case 3, 4 -> receive(random.nextInt(5));
                    default -> reconnect();
                }
            }
            for (ModelHub each : hubs) {
                each.consumeAll();
            }
            reconnect();
            while (!receive(Integer.MAX_VALUE)) {
                // to the head
            }
            assertThat(seen).isEqualTo(published);
        }

        private void publish() {
            int slot = random.nextInt(slots);
            List<Append> batch = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                String data = Integer.toString(counter++);
                boolean isRefused = random.nextInt(5) == 0;
                batch.add(new Append(Update.to("t" + slot).data(data).build(), null, isRefused ? "#nothing" : null));
                if (!isRefused) {
                    published.computeIfAbsent(slot, any -> new ArrayList<>()).add(data);
                }
                slotOf.put(data, slot);
            }
            List<View.Incoming> partition = partitions.get(slot);
            partition.add(new View.Incoming(slot, partition.size(), 1000, batch, -1));
        }

        /** {@return whether the head was reached} */
        private boolean receive(int atMost) {
            List<LogEntry> live = random.nextBoolean() ? hub.windowAfter(cursor) : null;
            if (live != null) {
                deliver(live, atMost);
                return atMost >= live.size();
            }
            Read request = new Read(cursor, Read.Mode.ALL, Interest.ALL, 1 + random.nextInt(4), 1 << 20);
            Page page = hub.view.read(request, (Place) cursor).page();
            assertThat(page.gap()).isNull();
            if (deliver(page.entries(), atMost)) {
                cursor = page.end();
                lastId = random.nextBoolean() ? cursor.token() : lastId;
                return page.atHead();
            }
            return false;
        }

        private boolean deliver(List<LogEntry> entries, int atMost) {
            int delivered = Math.min(atMost, entries.size());
            for (LogEntry entry : entries.subList(0, delivered)) {
                cursor = entry.position();
                lastId = entry.id();
                assertThat(lastId.length()).isLessThanOrEqualTo(Update.MAX_ID_LENGTH);
                String data = entry.update().data();
                seen.computeIfAbsent(slotOf.get(data), any -> new ArrayList<>()).add(data);
            }
            return delivered == entries.size();
        }

        private void reconnect() {
            hub = hubs.get(random.nextInt(hubs.size()));
            Resolution resolution = hub.view.resolve(new Cursor.After(lastId), Interest.ALL);
            if (resolution == null) {
                hub.consumeAll(); // it was behind
                resolution = hub.view.resolve(new Cursor.After(lastId), Interest.ALL);
            }
            assertThat(resolution).isNotNull();
            assertThat(resolution.gap()).isNull();
            cursor = resolution.position();
            foreign += ((Place) cursor).isOwn() ? 0 : 1;
            lastId = random.nextBoolean() ? cursor.token() : lastId;
        }

        /** A hub that reads the partitions in an order of its own. */
        private final class ModelHub {
            private final View view;
            private final int[] consumed = new int[slots];
            private final List<LogEntry> followed = new ArrayList<>();
            private final Position start;

            ModelHub() {
                KafkaConfig config = KafkaConfig.of("nowhere:1");
                Retention retention = new Retention(100_000, 1 << 30, Duration.ofDays(1));
                InstantSource clock = () -> Instant.ofEpochMilli(1000);
                this.view = new View(config, retention, clock, tokens, slots, new long[slots]);
                this.start = view.follow(followed::addAll);
            }

            void consume(int count) {
                int slot = random.nextInt(slots);
                List<View.Incoming> partition = partitions.get(slot);
                int end = Math.min(partition.size(), consumed[slot] + count);
                view.take(partition.subList(consumed[slot], end));
                consumed[slot] = end;
            }

            void consumeAll() {
                for (boolean more = true; more; ) {
                    consume(1 + random.nextInt(3));
                    more = false;
                    for (int slot = 0; slot < slots; slot++) {
                        more |= consumed[slot] < partitions.get(slot).size();
                    }
                }
            }

            /** As a hub's window: all that was followed, or the newest few. */
            @Nullable
            List<LogEntry> windowAfter(Position from) {
                int size = followed.size() < 2 ? followed.size() : random.nextInt(followed.size());
                List<LogEntry> window = followed.subList(followed.size() - size, followed.size());
                Position before = size == followed.size()
                        ? start
                        : followed.get(followed.size() - size - 1).position();
                if (!from.covers(before)) {
                    return null;
                }
                List<LogEntry> after = window.stream()
                        .filter(entry -> !from.covers(entry.position()))
                        .toList();
                assertThat(after)
                        .as("what is not covered is the end")
                        .isEqualTo(window.subList(size - after.size(), size));
                return after;
            }
        }
    }
}
