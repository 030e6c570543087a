package io.tidewire.stream;

import io.tidewire.log.LogException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keeps streams in memory: what they hold is gone with the process. */
public final class MemoryStreamStore implements StreamStore {
    private static final Duration SWEEP_EVERY = Duration.ofSeconds(1);

    /** What a message costs beyond its bytes: array and list slot. */
    private static final int MESSAGE_OVERHEAD = 24;

    /** What a stream costs beyond its texts and messages. */
    private static final int STREAM_OVERHEAD = 512;

    /** What a producer costs beyond its name. */
    private static final int PRODUCER_OVERHEAD = 144;

    private final StreamLimits limits;
    private final InstantSource clock;
    private final ConcurrentNavigableMap<String, Stored> streams = new ConcurrentSkipListMap<>();
    private final AtomicLong total = new AtomicLong();
    private final AtomicLong nextSweep = new AtomicLong();
    private Consumer<StreamChange> listener = change -> {};
    private volatile boolean closed;

    /** Creates an empty store. */
    public MemoryStreamStore(StreamLimits limits, InstantSource clock) {
        this.limits = limits;
        this.clock = clock;
    }

    /** One stream; its monitor guards it. */
    private final class Stored {
        private final String name;
        private final StreamSpec spec;
        private final Instant created;
        private final StreamState state = new StreamState();
        private final List<byte[]> messages = new ArrayList<>();
        private Instant lastUse;
        private long bytes;
        private long weight;
        private boolean gone;
        private boolean isTelling;
        private final Queue<StreamChange> untold = new ArrayDeque<>();

        Stored(String name, StreamSpec spec, Instant now) {
            this.name = name;
            this.spec = spec;
            this.created = now;
            this.lastUse = now;
        }

        boolean isGone(Instant now) {
            Instant expiry = spec.expiryAfter(lastUse);
            return gone || (expiry != null && !now.isBefore(expiry));
        }

        /** Adds what it begins with; nobody has seen it before. */
        void begin(StreamAppend first) {
            take(first, emptyWeight(name, spec));
        }

        AppendOutcome append(StreamAppend append) {
            AppendOutcome judged = state.judge(append);
            return judged.kind() == AppendOutcome.Kind.APPENDED ? take(append, 0) : judged;
        }

        private AppendOutcome take(StreamAppend append, long overhead) {
            long more = append.bytes();
            limits.requireRoom(name, bytes, more);
            weigh(overhead + more + (long) MESSAGE_OVERHEAD * append.messages().size() + weightOf(append.producer()));
            AppendOutcome outcome = state.apply(append);
            messages.addAll(append.messages());
            bytes += more;
            if (!append.messages().isEmpty() || append.close()) {
                tell();
            }
            return outcome;
        }

        private long weightOf(@Nullable Producer by) {
            return by == null || state.progress(by.id()) != null
                    ? 0
                    : PRODUCER_OVERHEAD + 2L * by.id().length();
        }

        private void weigh(long more) {
            if (total.addAndGet(more) > limits.totalBytes()) {
                total.addAndGet(-more);
                throw StreamLimits.full("memory of all streams: full (expected: at most " + limits.totalBytes()
                        + " bytes, streams.total-bytes; delete some, or let them expire)");
            }
            weight += more;
        }

        void tell() {
            untold.add(new StreamChange(
                    name,
                    state.tail(),
                    gone
                            ? StreamChange.State.GONE
                            : state.isClosed() ? StreamChange.State.CLOSED : StreamChange.State.OPEN));
        }

        /** Tells outside of the monitor, so that the listener may call anything; one thread at a time, so that the order holds. */
        void tellAll() {
            while (true) {
                StreamChange change;
                synchronized (this) {
                    change = isTelling ? null : untold.poll();
                    if (change == null) {
                        return;
                    }
                    isTelling = true;
                }
                try {
                    listener.accept(change);
                } finally {
                    synchronized (this) {
                        isTelling = false;
                    }
                }
            }
        }

        void drop() {
            gone = true;
            total.addAndGet(-weight);
            tell();
        }

        /** Frees the name of what is gone: after that was told, else the next stream's changes could come before this one's end. */
        void freeName() {
            synchronized (this) {
                if (!gone) {
                    return;
                }
            }
            streams.remove(name, this);
        }

        StreamInfo info() {
            return new StreamInfo(name, spec, created, lastUse, state.tail(), bytes, state.isClosed());
        }

        StreamPage page(Offset after, int maxBytes) {
            Offset start = after.compareTo(state.tail()) < 0 ? after : state.tail();
            int from = (int) start.number();
            int to = from;
            for (long sum = 0; to < messages.size(); to++) {
                sum += messages.get(to).length;
                if (sum > maxBytes && to > from) {
                    break;
                }
            }
            return new StreamPage(spec, start, List.copyOf(messages.subList(from, to)), state.tail(), state.isClosed());
        }
    }

    private static long emptyWeight(String name, StreamSpec spec) {
        long chars = (long) name.length() + spec.contentType().length();
        for (Map.Entry<String, String> attribute : spec.attributes().entrySet()) {
            chars += attribute.getKey().length() + attribute.getValue().length();
        }
        return STREAM_OVERHEAD + 2 * chars;
    }

    @Override
    public CompletionStage<Creation> create(String name, StreamSpec spec, StreamAppend first) {
        StreamStore.requireName(name);
        StreamStore.requireFirst(first);
        return tried(() -> {
            while (true) {
                Stored fresh = new Stored(name, spec, clock.instant());
                try {
                    synchronized (fresh) { // whoever finds it waits until it has begun
                        if (streams.putIfAbsent(name, fresh) == null) {
                            return begin(fresh, first);
                        }
                    }
                } finally {
                    fresh.tellAll();
                }
                Optional<Creation> existing = with(name, stored -> new Creation(false, stored.info()));
                if (existing.isPresent()) {
                    return existing.get();
                }
            }
        });
    }

    private Creation begin(Stored fresh, StreamAppend first) {
        try {
            fresh.begin(first);
            return new Creation(true, fresh.info());
        } catch (LogException e) {
            fresh.gone = true; // nobody was told of it
            streams.remove(fresh.name, fresh);
            throw e;
        }
    }

    @Override
    public CompletionStage<AppendOutcome> append(String name, StreamAppend append) {
        StreamStore.requireName(name);
        return tried(() -> with(name, stored -> {
                    stored.lastUse = clock.instant();
                    return stored.append(append);
                })
                .orElseGet(AppendOutcome::noStream));
    }

    @Override
    public CompletionStage<Optional<StreamInfo>> info(String name) {
        StreamStore.requireName(name);
        return tried(() -> with(name, Stored::info));
    }

    @Override
    public CompletionStage<Optional<StreamPage>> read(String name, Offset after, int maxBytes) {
        StreamStore.requireName(name);
        return tried(() -> with(name, stored -> {
            stored.lastUse = clock.instant();
            return stored.page(after, maxBytes);
        }));
    }

    @Override
    public CompletionStage<Boolean> delete(String name) {
        StreamStore.requireName(name);
        return tried(() -> with(name, stored -> {
                    stored.drop();
                    return true;
                })
                .orElse(false));
    }

    @Override
    public CompletionStage<List<StreamInfo>> list(String prefix, String after, int limit) {
        StreamStore.requireLimit(limit);
        return tried(() -> {
            List<StreamInfo> found = new ArrayList<>();
            String from = after.compareTo(prefix) > 0 ? after : prefix;
            for (Stored stored : streams.tailMap(from, !from.equals(after)).values()) {
                if (found.size() == limit || !stored.name.startsWith(prefix)) {
                    break;
                }
                synchronized (stored) {
                    if (!stored.isGone(clock.instant())) {
                        found.add(stored.info());
                    }
                }
            }
            return found;
        });
    }

    /** {@return what is made of a stream; nothing if there is none} An expired one is dropped here. */
    private <T> Optional<T> with(String name, Function<Stored, T> use) {
        Stored stored = streams.get(name);
        if (stored == null) {
            return Optional.empty();
        }
        try {
            synchronized (stored) {
                if (!stored.isGone(clock.instant())) {
                    return Optional.of(use.apply(stored));
                }
                if (!stored.gone) {
                    stored.drop();
                }
                return Optional.empty();
            }
        } finally {
            stored.tellAll();
            stored.freeName();
        }
    }

    private <T> CompletionStage<T> tried(Supplier<T> action) {
        if (closed) {
            return CompletableFuture.failedFuture(new LogException.Unavailable("The store of streams is closed"));
        }
        try {
            sweep();
            return CompletableFuture.completedFuture(action.get());
        } catch (LogException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Whoever comes first in a second drops what has expired, so that memory is free again without anybody asking for it. */
    private void sweep() {
        long now = clock.instant().toEpochMilli();
        long due = nextSweep.get();
        if (now >= due && nextSweep.compareAndSet(due, now + SWEEP_EVERY.toMillis())) {
            streams.keySet().forEach(name -> with(name, stored -> true));
        }
    }

    @Override
    public void listen(Consumer<StreamChange> told) {
        listener = told;
    }

    @Override
    public void close() {
        closed = true;
    }
}
