package io.tidewire.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.Creation;
import io.tidewire.stream.Offset;
import io.tidewire.stream.Producer;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamInfo;
import io.tidewire.stream.StreamPage;
import io.tidewire.stream.StreamSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One random walk of {@link StreamStoreRandomFacts}. */
final class StreamStoreWalk {
    private static final List<String> NAMES = List.of("a", "a/", "a/b", "a0", "b", "ü", "\uFFFD", "😀");
    private static final List<String> PREFIXES = List.of("", "a", "a/", "b", "c");
    private static final List<String> PRODUCERS = List.of("p", "q", "P");

    private final StreamStoreUnderTest store;
    private final Random random;
    private final boolean timePasses;
    private final boolean tellsOfExpiry;
    private final StreamStoreChanges changes = new StreamStoreChanges();
    private final Map<String, StreamStoreModel> models = new TreeMap<>();
    private final Map<String, List<String>> told = new HashMap<>();
    private int messages;

    StreamStoreWalk(StreamStoreUnderTest store, Random random, boolean timePasses, boolean tellsOfExpiry) {
        this.store = store;
        this.random = random;
        this.timePasses = timePasses;
        this.tellsOfExpiry = tellsOfExpiry;
        store.store().listen(changes);
    }

    void step() {
        String name = NAMES.get(random.nextInt(NAMES.size()));
        switch (random.nextInt(14)) {
            case 0, 1 -> create(name);
            case 2 -> delete(name);
            case 3, 4 -> read(name);
            case 5 -> info(name);
            case 6 -> list();
            case 7 -> pass();
            default -> append(name);
        }
    }

    /** Every stream is what it should be, and everything was told. */
    void finish() {
        for (String name : NAMES) {
            info(name);
            StreamStoreModel model = models.get(name);
            if (model != null) {
                assertThat(store.readAll(name, Offset.START, 1 + random.nextInt(50)))
                        .containsExactlyElementsOf(model.messages);
            }
            if (tellsOfExpiry || !timePasses) {
                List<String> expected = told.getOrDefault(name, List.of());
                assertThat(changes.await(name, expected.size()))
                        .as("told of %s", name)
                        .isEqualTo(expected);
            }
        }
    }

    private @Nullable StreamStoreModel model(String name) {
        StreamStoreModel model = models.get(name);
        if (model != null && model.isExpired(store.clock.instant())) {
            remove(name, model);
            return null;
        }
        return model;
    }

    private void remove(String name, StreamStoreModel model) {
        models.remove(name);
        tell(name, "GONE", model);
    }

    private void tell(String name, String state, StreamStoreModel model) {
        told.computeIfAbsent(name, key -> new ArrayList<>()).add(state + " " + model.messages.size());
    }

    private void create(String name) {
        StreamSpec spec = StreamSpec.of("text/" + random.nextInt(3));
        if (random.nextInt(3) == 0) {
            spec = spec.expiringAfter(store.life.multipliedBy(1 + random.nextInt(3)));
        }
        if (random.nextInt(6) == 0) {
            spec = spec.expiringAt(store.clock.instant().plus(store.life.multipliedBy(2 + random.nextInt(5))));
        }
        StreamAppend first = random.nextBoolean() ? StreamAppend.NOTHING : randomAppend();
        Producer by = first.producer();
        if (by != null) {
            first = first.by(new Producer(by.id(), by.epoch(), 0));
        }
        StreamStoreModel there = model(name);
        Creation creation = store.create(name, spec, first);

        assertThat(creation.created()).isEqualTo(there == null);
        if (there == null) {
            there = new StreamStoreModel(spec, store.clock.instant());
            models.put(name, there);
            count(name, there, first);
        }
        check(creation.info(), name, there);
    }

    private AppendOutcome count(String name, StreamStoreModel model, StreamAppend append) {
        AppendOutcome outcome = model.append(append);
        boolean changed = append.close() || !append.messages().isEmpty();
        if (outcome.kind() == AppendOutcome.Kind.APPENDED && changed) {
            tell(name, outcome.closed() ? "CLOSED" : "OPEN", model);
        }
        return outcome;
    }

    private void append(String name) {
        StreamStoreModel model = model(name);
        StreamAppend append = randomAppend();
        AppendOutcome outcome = store.append(name, append);
        if (model == null) {
            assertThat(outcome).isEqualTo(AppendOutcome.noStream());
        } else {
            model.lastUse = store.clock.instant();
            assertThat(outcome).isEqualTo(count(name, model, append));
        }
    }

    private StreamAppend randomAppend() {
        List<byte[]> added = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            byte[] message = new byte[random.nextInt(20) == 0 ? random.nextInt(5000) : random.nextInt(12)];
            random.nextBytes(message);
            added.add(message);
        }
        messages += added.size();
        StreamAppend append = StreamAppend.of(added);
        if (random.nextInt(40) == 0 || (added.isEmpty() && random.nextInt(6) == 0)) {
            append = append.closing();
        } else if (added.isEmpty()) {
            append = StreamAppend.of(new byte[] {(byte) messages});
        }
        if (random.nextInt(4) == 0) {
            append = append.inSequence(Integer.toString(100_000 + messages - random.nextInt(3)));
        }
        if (random.nextInt(3) == 0) {
            String id = PRODUCERS.get(random.nextInt(PRODUCERS.size()));
            append = append.by(new Producer(id, random.nextInt(10) == 0 ? 1 : 0, random.nextInt(5)));
        }
        return append;
    }

    private void read(String name) {
        StreamStoreModel model = model(name);
        Offset after = new Offset(random.nextInt(12));
        int maxBytes = random.nextInt(60);
        Optional<StreamPage> found = StreamStoreUnderTest.await(store.store().read(name, after, maxBytes));
        assertThat(found.isPresent()).isEqualTo(model != null);
        if (model != null) {
            model.lastUse = store.clock.instant();
            StreamPage page = found.orElseThrow();
            int from = (int) Math.min(after.number(), model.messages.size());
            int to = from;
            for (long sum = 0; to < model.messages.size(); to++) {
                sum += model.messages.get(to).length;
                if (to > from && sum > maxBytes) {
                    break;
                }
            }
            assertThat(page.messages()).containsExactlyElementsOf(model.messages.subList(from, to));
            assertThat(page.start()).isEqualTo(new Offset(from));
            assertThat(page.tail()).isEqualTo(new Offset(model.messages.size()));
            assertThat(page.closed()).isEqualTo(model.closed);
            assertThat(page.spec()).isEqualTo(model.spec);
        }
    }

    private void info(String name) {
        StreamStoreModel model = model(name);
        Optional<StreamInfo> info = store.find(name);
        assertThat(info.isPresent()).isEqualTo(model != null);
        if (model != null) {
            check(info.orElseThrow(), name, model);
        }
    }

    private void check(StreamInfo info, String name, StreamStoreModel model) {
        assertThat(info.name()).isEqualTo(name);
        assertThat(info.spec()).isEqualTo(model.spec);
        assertThat(info.tail()).isEqualTo(new Offset(model.messages.size()));
        assertThat(info.bytes()).isEqualTo(model.bytes());
        assertThat(info.closed()).isEqualTo(model.closed);
    }

    private void list() {
        String prefix = PREFIXES.get(random.nextInt(PREFIXES.size()));
        String after = random.nextBoolean() ? "" : NAMES.get(random.nextInt(NAMES.size()));
        int limit = 1 + random.nextInt(8);
        Instant now = store.clock.instant();
        List<String> expected = models.entrySet().stream()
                .filter(entry -> !entry.getValue().isExpired(now))
                .map(Map.Entry::getKey)
                .filter(name -> name.startsWith(prefix) && name.compareTo(after) > 0)
                .limit(limit)
                .toList();
        assertThat(store.list(prefix, after, limit)).isEqualTo(expected);
    }

    private void pass() {
        if (timePasses) {
            store.pass(random.nextInt(120));
        }
    }

    private void delete(String name) {
        StreamStoreModel model = model(name);
        assertThat(store.delete(name)).isEqualTo(model != null);
        if (model != null) {
            remove(name, model);
        }
    }
}
