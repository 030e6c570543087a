package io.tidewire.log.sqlite;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The streams that were written lately, so that neither the next append nor a reader that keeps up needs the file. Owned by the writer,
 * but for {@link #view}.
 */
final class LiveStreams {
    /** Some kilobytes each, with a model's answer in its window. */
    private static final int MAX_STREAMS = 20_000;

    private static final long MAX_WINDOW_BYTES = 64L << 20;

    /** More than any stream has but one that everybody writes to, as everybody's own producer. */
    private static final int MAX_PRODUCERS = 1000;

    private static final float LOAD_FACTOR = 0.75f;

    private final LinkedHashMap<String, LiveStream> byName = new LinkedHashMap<>(16, LOAD_FACTOR, true);
    private final Map<String, StreamView> views = new ConcurrentHashMap<>();
    private long windowBytes;

    /** {@return the stream as it was committed last, if it is here} For any thread. */
    @Nullable
    StreamView view(String name) {
        return views.get(name);
    }

    @Nullable
    LiveStream find(String name) {
        return byName.get(name);
    }

    void put(LiveStream stream) {
        byName.put(stream.name(), stream);
    }

    /** Within a transaction: readers see it until that one is committed. */
    void remove(LiveStream stream) {
        byName.remove(stream.name());
        windowBytes -= stream.windowBytes();
    }

    /** Shows what was committed of a stream, unless its name is free or another's by now. */
    void publish(LiveStream stream) {
        int before = stream.windowBytes();
        StreamView view = stream.committed();
        if (byName.get(stream.name()) == stream) {
            windowBytes += stream.windowBytes() - before;
            views.put(stream.name(), view);
        }
    }

    /** Shows that there is no such stream, unless there is another. */
    void publishDeleted(String name) {
        if (!byName.containsKey(name)) {
            views.remove(name);
        }
    }

    /** Forgets those that were used the longest time ago, as far as there are too many. Between transactions. */
    void shrink() {
        Iterator<LiveStream> eldest = byName.values().iterator();
        while (byName.size() > MAX_STREAMS || windowBytes > MAX_WINDOW_BYTES) {
            LiveStream stream = eldest.next();
            eldest.remove();
            forgotten(stream);
        }
    }

    /** Forgets one that has become too large. */
    void forgetIfLarge(LiveStream stream) {
        if (stream.state.producers() > MAX_PRODUCERS && byName.remove(stream.name(), stream)) {
            forgotten(stream);
        }
    }

    private void forgotten(LiveStream stream) {
        windowBytes -= stream.windowBytes();
        views.remove(stream.name());
    }

    /** After a transaction that failed: nobody knows what of it is in the file. */
    void clear() {
        byName.clear();
        views.clear();
        windowBytes = 0;
    }
}
