package io.tidewire.log.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.Producer;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamInfo;
import io.tidewire.stream.StreamState;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The script judges appends as {@link StreamState} does. A seed is set by the property {@code tidewire.seed}. */
final class StreamJudgementTest {
    private static final int STREAMS = 6;
    private static final int STEPS = 12_000;
    private static final List<String> PRODUCERS = List.of("p", "q", "ü\uD800 \n");
    private static final List<String> TEXTS =
            List.of("", "0", "1", "10", "2", "Z", "a", "b", "é", "\uFFFF", "\uD83D\uDE00");

    private final long seed = Long.getLong("tidewire.seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final Map<String, Model> models = new HashMap<>();
    private final Map<AppendOutcome.Kind, Integer> seen = new EnumMap<>(AppendOutcome.Kind.class);

    /** What a stream should be. */
    private static final class Model {
        final StreamState state = new StreamState();
        final List<String> messages = new ArrayList<>();
        long bytes;
    }

    @Test
    void scriptAgreesWithStreamState() {
        try (RedisServer server = RedisServer.start();
                StreamHub hub = new StreamHub(server.config())) {
            List<CompletableFuture<?>> answers = new ArrayList<>();
            for (int step = 0; step < STEPS; step++) {
                answers.add(step(hub, "s" + random.nextInt(STREAMS), step));
                if (random.nextInt(50) == 0) {
                    answers.forEach(Hub::await);
                    answers.clear();
                }
            }
            answers.forEach(Hub::await);
            for (int i = 0; i < STREAMS; i++) {
                compare(hub, "s" + i);
            }
        }
        assertThat(seen.keySet()).as("seed %d", seed).containsExactlyInAnyOrder(AppendOutcome.Kind.values());
    }

    /** Asks the model now and Redis in a while: both see one caller's steps in the same order. */
    private CompletableFuture<?> step(StreamHub hub, String name, int step) {
        int what = random.nextInt(40);
        if (what == 0) {
            Model model = models.remove(name);
            return hub.store
                    .delete(name)
                    .thenAccept(done -> assertThat(done).as(at(step)).isEqualTo(model != null))
                    .toCompletableFuture();
        }
        StreamAppend append = randomAppend(name);
        if (what < 4) {
            Producer by = append.producer();
            return create(hub, name, by == null ? append : append.by(new Producer(by.id(), by.epoch(), 0)), step);
        }
        return append(hub, name, append, step);
    }

    private CompletableFuture<?> append(StreamHub hub, String name, StreamAppend append, int step) {
        Model model = models.get(name);
        AppendOutcome expected = model == null ? AppendOutcome.noStream() : apply(model, append);
        seen.merge(expected.kind(), 1, Integer::sum);
        return hub.store
                .append(name, append)
                .thenAccept(outcome -> assertThat(outcome).as(at(step)).isEqualTo(expected))
                .toCompletableFuture();
    }

    private CompletableFuture<?> create(StreamHub hub, String name, StreamAppend first, int step) {
        boolean isThere = models.containsKey(name);
        Model model = models.computeIfAbsent(name, fresh -> new Model());
        if (!isThere) {
            apply(model, first);
        }
        Model now = copy(model);
        return hub.store
                .create(name, StreamHub.TEXT, first)
                .thenAccept(creation -> {
                    assertThat(creation.created()).as(at(step)).isEqualTo(!isThere);
                    check(now, creation.info(), at(step));
                })
                .toCompletableFuture();
    }

    private static Model copy(Model model) {
        Model copy = new Model();
        copy.messages.addAll(model.messages);
        copy.bytes = model.bytes;
        if (model.state.isClosed()) {
            copy.state.apply(StreamAppend.CLOSE);
        }
        return copy;
    }

    private static void check(Model model, StreamInfo info, String at) {
        assertThat(info.tail().number()).as(at).isEqualTo(model.messages.size());
        assertThat(info.bytes()).as(at).isEqualTo(model.bytes);
        assertThat(info.closed()).as(at).isEqualTo(model.state.isClosed());
    }

    private static AppendOutcome apply(Model model, StreamAppend append) {
        AppendOutcome outcome = model.state.apply(append);
        if (outcome.kind() == AppendOutcome.Kind.APPENDED) {
            model.messages.addAll(StreamHub.texts(append.messages()));
            model.bytes += append.bytes();
        }
        return outcome;
    }

    private void compare(StreamHub hub, String name) {
        Model model = models.get(name);
        assertThat(hub.exists(name)).as("seed %d", seed).isEqualTo(model != null);
        if (model != null) {
            check(model, hub.info(name), "seed " + seed);
            assertThat(hub.read(name)).as("seed %d", seed).isEqualTo(model.messages);
        }
    }

    private StreamAppend randomAppend(String name) {
        List<byte[]> messages = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            messages.add(Answers.bytes(Integer.toString(random.nextInt(100_000))));
        }
        StreamAppend append = StreamAppend.of(messages);
        if (random.nextInt(4) == 0) {
            append = append.inSequence(TEXTS.get(random.nextInt(TEXTS.size())));
        }
        if (random.nextInt(3) > 0) {
            append = append.by(randomProducer(name));
        }
        return random.nextInt(25) == 0 ? append.closing() : append;
    }

    /** Mostly what comes next, so that it gets somewhere. */
    private Producer randomProducer(String name) {
        String id = PRODUCERS.get(random.nextInt(PRODUCERS.size()));
        Model model = models.get(name);
        StreamState.Progress progress = model == null ? null : model.state.progress(id);
        long epoch = progress == null ? random.nextInt(2) : progress.epoch();
        long seq = progress == null ? 0 : progress.seq() + 1;
        return switch (random.nextInt(8)) {
            case 0 -> new Producer(id, Math.max(0, epoch - 1), seq);
            case 1 -> new Producer(id, Math.min(Producer.MAX, epoch + 1), random.nextInt(2));
            case 2 -> new Producer(id, epoch, Math.max(0, seq - 1 - random.nextInt(2)));
            case 3 -> new Producer(id, epoch, Math.min(Producer.MAX, seq + random.nextInt(3)));
            case 4 -> random.nextInt(20) == 0 ? new Producer(id, Producer.MAX, 0) : new Producer(id, epoch, seq);
            case 5 ->
                random.nextInt(20) == 0
                        ? new Producer(id, epoch, Producer.MAX)
                        : new Producer(id, epoch, Math.min(Producer.MAX, seq));
            default -> new Producer(id, epoch, Math.min(Producer.MAX, seq));
        };
    }

    private String at(int step) {
        return "seed " + seed + ", step " + step;
    }
}
