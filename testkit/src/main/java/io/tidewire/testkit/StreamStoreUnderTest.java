package io.tidewire.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.Creation;
import io.tidewire.stream.Offset;
import io.tidewire.stream.Producer;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamInfo;
import io.tidewire.stream.StreamLimits;
import io.tidewire.stream.StreamPage;
import io.tidewire.stream.StreamSpec;
import io.tidewire.stream.StreamStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One fresh store, its clock, and the short way to ask it something. Used by one thread, but for {@link #await}. */
final class StreamStoreUnderTest implements AutoCloseable {
    /** As good as no limit. */
    static final int PLENTY = 1 << 30;

    static final StreamSpec TEXT = StreamSpec.of("text/plain");

    /** What a store on a busy machine never needs. */
    static final long PATIENCE_MILLIS = 30_000;

    /** Pages that do not end are a failure, not a hang. */
    private static final int MAX_PAGES = 100_000;

    final SteppedClock clock = new SteppedClock();
    final Duration life;
    private final BiFunction<StreamLimits, InstantSource, StreamStore> opener;
    private final Consumer<Duration> passing;
    private @Nullable StreamStore store;

    StreamStoreUnderTest(
            BiFunction<StreamLimits, InstantSource, StreamStore> opener,
            Instant start,
            Consumer<Duration> passing,
            Duration life) {
        clock.advance(Duration.between(clock.instant(), start));
        this.opener = opener;
        this.passing = passing;
        this.life = life;
    }

    /** Opens it with these limits; without this call it has the usual ones. */
    StreamStoreUnderTest bounded(StreamLimits limits) {
        store = opener.apply(limits, clock);
        return this;
    }

    StreamStore store() {
        StreamStore opened = store;
        if (opened == null) {
            opened = bounded(StreamLimits.defaults()).store();
        }
        return opened;
    }

    /** Lets so many hundredths of {@link #life} pass. */
    void pass(int percent) {
        Duration time = life.multipliedBy(percent).dividedBy(100);
        clock.advance(time);
        passing.accept(time);
    }

    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("the store failed: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new AssertionError("the store did not answer within " + PATIENCE_MILLIS + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    static Throwable awaitFailure(CompletionStage<?> stage) {
        try {
            Object answer = stage.toCompletableFuture().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            throw new AssertionError("the store answered " + answer + " (expected: a failure)");
        } catch (ExecutionException e) {
            return Objects.requireNonNull(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("the store did not answer", e);
        }
    }

    static StreamAppend adding(String... texts) {
        return StreamAppend.of(Arrays.stream(texts)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList());
    }

    static Producer producer(String id, long epoch, long seq) {
        return new Producer(id, epoch, seq);
    }

    Creation create(String name, StreamSpec spec, StreamAppend first) {
        return await(store().create(name, spec, first));
    }

    /** Creates a stream that is not there yet. */
    StreamInfo create(String name, String... texts) {
        return create(name, TEXT, texts);
    }

    /** Creates a stream that is not there yet. */
    StreamInfo create(String name, StreamSpec spec, String... texts) {
        Creation creation = create(name, spec, adding(texts));
        assertThat(creation.created()).as("%s is new", name).isTrue();
        return creation.info();
    }

    AppendOutcome append(String name, StreamAppend append) {
        return await(store().append(name, append));
    }

    AppendOutcome append(String name, String... texts) {
        AppendOutcome outcome = append(name, adding(texts));
        assertThat(outcome.kind()).isEqualTo(AppendOutcome.Kind.APPENDED);
        return outcome;
    }

    Optional<StreamInfo> find(String name) {
        return await(store().info(name));
    }

    StreamInfo info(String name) {
        return find(name).orElseThrow(() -> new AssertionError(name + " is not there"));
    }

    boolean exists(String name) {
        return find(name).isPresent();
    }

    StreamPage read(String name, Offset after, int maxBytes) {
        return await(store().read(name, after, maxBytes)).orElseThrow(() -> new AssertionError(name + " is not there"));
    }

    /** {@return every message after the place, by pages of so many bytes} */
    List<byte[]> readAll(String name, Offset after, int maxBytes) {
        List<byte[]> found = new ArrayList<>();
        Offset next = after;
        for (int i = 0; i < MAX_PAGES; i++) {
            StreamPage page = read(name, next, maxBytes);
            found.addAll(page.messages());
            next = page.next();
            if (page.isUpToDate()) {
                return found;
            }
        }
        throw new AssertionError("no end after " + MAX_PAGES + " pages");
    }

    /** {@return all that is in the stream} */
    List<String> texts(String name) {
        return texts(readAll(name, Offset.START, PLENTY));
    }

    static List<String> texts(List<byte[]> messages) {
        return messages.stream()
                .map(message -> new String(message, StandardCharsets.UTF_8))
                .toList();
    }

    boolean delete(String name) {
        return await(store().delete(name));
    }

    List<String> list(String prefix, String after, int limit) {
        return await(store().list(prefix, after, limit)).stream()
                .map(StreamInfo::name)
                .toList();
    }

    @Override
    public void close() {
        StreamStore opened = store;
        if (opened != null) {
            opened.close();
        }
    }
}
