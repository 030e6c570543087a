package io.tidewire.stream;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A stream that somebody reads or writes here now: its newest messages, and who waits for more. Its monitor guards it; nothing of others
 * is called while it is held.
 */
final class LiveStream {
    /** Newest messages kept for readers, in bytes, beside those that the store does not have yet. */
    private static final int CACHE_BYTES = 64 << 10;

    final String name;
    /** How many readers, writers and appends hold it; guarded by the map of {@link Streams}. */
    int holds;

    private final ArrayDeque<byte[]> cache = new ArrayDeque<>();
    private final Set<StreamReader> readers = new LinkedHashSet<>();
    private final Set<StreamReader> waiting = new LinkedHashSet<>();
    private @Nullable StreamSpec spec;
    private @Nullable StreamWriter writer;
    private long cacheStart;
    private int cacheBytes;
    /** The store's tail, as far as it is known here. */
    private long stored;

    private boolean known;
    private boolean closed;
    private int appending;
    private boolean askedForWriter;
    private long changes;

    LiveStream(String name) {
        this.name = name;
    }

    // --- readers

    synchronized void join(StreamReader reader) {
        readers.add(reader);
    }

    /** {@return the writer, if that was its last reader} */
    @Nullable
    synchronized StreamWriter leave(StreamReader reader) {
        waiting.remove(reader);
        return readers.remove(reader) && readers.isEmpty() ? writer : null;
    }

    synchronized int readerCount() {
        return readers.size();
    }

    @Nullable
    synchronized StreamWriter writer() {
        return writer;
    }

    /** {@return whether to ask who writes it} Once for all that wait, until they look again by themselves. */
    synchronized boolean mayAskForWriter() {
        boolean first = !askedForWriter;
        askedForWriter = true;
        return first;
    }

    /** {@return those who wait, to look again, as a change elsewhere may have got lost} */
    synchronized List<StreamReader> wakeInDoubt() {
        askedForWriter = false;
        return wake();
    }

    /** {@return a number that grows with everything that happens} */
    synchronized long changes() {
        return changes;
    }

    /** {@return what there is for a reader at its place; null if that is not known here, or nothing} */
    @Nullable
    synchronized StreamPage take(StreamReader reader, int maxBytes) {
        StreamSpec what = spec;
        if (what == null) {
            return null;
        }
        long at = reader.position().number();
        long end = reader.isEager() ? Math.max(stored, cacheEnd()) : stored;
        boolean over = closed || (reader.isEager() && writer != null && writer.isEnding());
        if (at >= end) {
            boolean isEnd = over && (known || writer != null);
            return isEnd ? new StreamPage(what, new Offset(end), List.of(), new Offset(end), true) : null;
        }
        if (at < cacheStart || at >= cacheEnd()) {
            return null;
        }
        List<byte[]> found = new ArrayList<>();
        long bytes = 0;
        Iterator<byte[]> messages = cache.iterator();
        for (long number = cacheStart; number < Math.min(end, cacheEnd()); number++) {
            byte[] message = messages.next();
            if (number >= at) {
                bytes += message.length;
                if (bytes > maxBytes && !found.isEmpty()) {
                    break;
                }
                found.add(message);
            }
        }
        return new StreamPage(what, reader.position(), found, new Offset(end), over);
    }

    /** {@return whether the reader waits now; not if something happened since it looked} */
    synchronized boolean await(StreamReader reader, long changesSeen) {
        if (changes != changesSeen) {
            return false;
        }
        waiting.add(reader);
        return true;
    }

    /** Learns from what the store said. */
    synchronized void learn(StreamPage page) {
        spec = page.spec();
        stored = Math.max(stored, page.tail().number());
        closed |= page.closed();
        known = true;
    }

    /** {@return those who wait, to look again} */
    synchronized List<StreamReader> wake() {
        changes++;
        List<StreamReader> woken = List.copyOf(waiting);
        waiting.clear();
        return woken;
    }

    // --- appends

    synchronized void appending() {
        appending++;
    }

    /** {@return who may look again, now that an append from here was taken or not} */
    synchronized List<StreamReader> appended(@Nullable AppendOutcome outcome, List<byte[]> messages) {
        appending--;
        if (outcome == null || outcome.kind() != AppendOutcome.Kind.APPENDED) {
            return wake();
        }
        long end = outcome.tail().number();
        if (writer == null && end >= cacheEnd()) {
            if (end - messages.size() != cacheEnd()) {
                cache.clear();
                cacheBytes = 0;
                cacheStart = end - messages.size();
            }
            messages.forEach(this::cache);
        }
        stored = Math.max(stored, end);
        closed |= outcome.closed();
        evict();
        return wake();
    }

    private void cache(byte[] message) {
        cache.add(message);
        cacheBytes += message.length;
    }

    private void evict() {
        while (cacheBytes > CACHE_BYTES && cacheStart < stored && !cache.isEmpty()) {
            cacheBytes -= cache.remove().length;
            cacheStart++;
        }
    }

    private long cacheEnd() {
        return cacheStart + cache.size();
    }

    /** {@return who may look again, as the store says that something happened} While an append from here is under way, its end wakes. */
    synchronized List<StreamReader> changed(StreamChange change) {
        stored = Math.max(stored, change.tail().number());
        closed |= change.state() == StreamChange.State.CLOSED;
        if (change.state() == StreamChange.State.GONE) {
            forget();
        }
        if (appending > 0 && change.state() == StreamChange.State.OPEN) {
            changes++;
            return List.of();
        }
        return wake();
    }

    /** What is known here is of a stream that is no more. */
    private void forget() {
        cache.clear();
        cacheBytes = 0;
        cacheStart = 0;
        stored = 0;
        known = false;
        closed = false;
        spec = null;
    }

    // --- a writer

    synchronized void begin(StreamWriter by, StreamSpec what) {
        forget(); // of an earlier stream of that name
        writer = by;
        spec = what;
    }

    synchronized void end(StreamWriter by) {
        if (by.equals(writer)) {
            writer = null;
            while (cacheEnd() > stored && !cache.isEmpty()) { // what the store never took
                cacheBytes -= cache.removeLast().length;
            }
        }
    }

    /** {@return who may look again, now that the writer has added something} */
    synchronized List<StreamReader> written(byte[] message) {
        cache(message);
        return wakeEager();
    }

    /** {@return who may look again, now that the writer will add no more} */
    synchronized List<StreamReader> ending() {
        return wakeEager();
    }

    private List<StreamReader> wakeEager() {
        changes++;
        if (waiting.isEmpty()) {
            return List.of();
        }
        List<StreamReader> woken = new ArrayList<>(1);
        waiting.removeIf(reader -> reader.isEager() && woken.add(reader));
        return woken;
    }
}
