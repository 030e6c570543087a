package io.tidewire.log.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.Creation;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamChange;
import io.tidewire.stream.StreamInfo;
import io.tidewire.stream.StreamLimits;
import io.tidewire.stream.StreamPage;
import io.tidewire.stream.StreamSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;

/** What a hub does with a store of streams, in one line each. */
final class StreamHub implements AutoCloseable {
    static final StreamSpec TEXT = StreamSpec.of("text/plain");

    final RedisStreamStore store;
    final Queue<StreamChange> heard = new ConcurrentLinkedQueue<>();

    StreamHub(RedisConfig config) {
        this(config, StreamLimits.defaults());
    }

    StreamHub(RedisConfig config, StreamLimits limits) {
        store = RedisStreamStore.connect(config, limits);
        store.listen(heard::add);
    }

    static StreamAppend message(String text) {
        return StreamAppend.of(text.getBytes(StandardCharsets.UTF_8));
    }

    static List<String> texts(List<byte[]> messages) {
        return messages.stream()
                .map(message -> new String(message, StandardCharsets.UTF_8))
                .toList();
    }

    Creation create(String name, StreamSpec spec, StreamAppend first) {
        return Hub.await(store.create(name, spec, first));
    }

    Creation create(String name) {
        return create(name, TEXT, StreamAppend.NOTHING);
    }

    AppendOutcome append(String name, StreamAppend append) {
        return Hub.await(store.append(name, append));
    }

    void append(String name, String text) {
        assertThat(append(name, message(text)).kind()).isEqualTo(AppendOutcome.Kind.APPENDED);
    }

    StreamInfo info(String name) {
        return Hub.await(store.info(name)).orElseThrow();
    }

    boolean exists(String name) {
        return Hub.await(store.info(name)).isPresent();
    }

    StreamPage page(String name, long after, int maxBytes) {
        return Hub.await(store.read(name, new Offset(after), maxBytes)).orElseThrow();
    }

    List<String> read(String name) {
        List<String> all = new ArrayList<>();
        Offset at = Offset.START;
        while (true) {
            StreamPage page = page(name, at.number(), 1 << 16);
            all.addAll(texts(page.messages()));
            at = page.next();
            if (page.isUpToDate()) {
                return all;
            }
        }
    }

    List<String> list(String prefix, String after, int limit) {
        return Hub.await(store.list(prefix, after, limit)).stream()
                .map(StreamInfo::name)
                .toList();
    }

    /** {@return what was heard of a stream, once it is so much} */
    List<StreamChange> heard(String name, int count) {
        Awaitility.await().atMost(Hub.PATIENCE).until(() -> heardOf(name).size() >= count);
        return heardOf(name);
    }

    private List<StreamChange> heardOf(String name) {
        return heard.stream().filter(change -> change.name().equals(name)).toList();
    }

    boolean isReachable() {
        try {
            store.info("any").toCompletableFuture().get(Hub.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException e) {
            return false;
        } catch (TimeoutException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    void awaitReachable() {
        Awaitility.await().atMost(Hub.PATIENCE).until(this::isReachable);
    }

    @Override
    public void close() {
        store.close();
    }
}
