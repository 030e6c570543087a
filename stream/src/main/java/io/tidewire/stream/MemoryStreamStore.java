package io.tidewire.stream;

import io.tidewire.log.LogException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
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

/** Keeps streams in memory: what they hold is gone with the process. */
public final class MemoryStreamStore implements StreamStore {
    private static final Duration SWEEP_EVERY = Duration.ofSeconds(1);

    /** What a message costs beyond its bytes: array and list slot. */
    private static final int MESSAGE_OVERHEAD = 24;

    /** What a stream costs beyond its messages. */
    private static final int STREAM_OVERHEAD = 512;

    private final StreamLimits limits;
    private final InstantSource clock;
    private final ConcurrentNavigableMap<String, Stored> streams = new ConcurrentSkipListMap<>();
    private final AtomicLong weight = new AtomicLong();
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

        long weight() {
            return STREAM_OVERHEAD + bytes + (long) MESSAGE_OVERHEAD * messages.size();
        }

        AppendOutcome append(StreamAppend append) {
            long more = append.bytes();
            if (more > 0 && !state.isClosed()) {
                requireRoom(more + (long) MESSAGE_OVERHEAD * append.messages().size());
            }
            AppendOutcome outcome = state.apply(append);
            if (outcome.kind() == AppendOutcome.Kind.APPENDED) {
                messages.addAll(append.messages());
                bytes += more;
                weight.addAndGet(
                        more + (long) MESSAGE_OVERHEAD * append.messages().size());
                tell();
            }
            return outcome;
        }

        private void requireRoom(long more) {
            if (bytes + more > limits.streamBytes()) {
                throw full("stream " + name + " (at most " + limits.streamBytes() + " bytes, streams.stream-bytes)");
            }
            if (weight.get() + more > limits.totalBytes()) {
                throw full("memory of all streams (at most " + limits.totalBytes() + " bytes, streams.total-bytes)");
            }
        }

        private LogException full(String what) {
            return new LogException.Full("Full: the " + what, new IllegalStateException("no room"));
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
            streams.remove(name, this);
            weight.addAndGet(-weight());
            tell();
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

    @Override
    public CompletionStage<Creation> create(String name, StreamSpec spec, StreamAppend first) {
        StreamStore.requireName(name);
        return tried(() -> {
            while (true) {
                Stored fresh = new Stored(name, spec, clock.instant());
                try {
                    synchronized (fresh) {
                        if (streams.putIfAbsent(name, fresh) == null) {
                            weight.addAndGet(STREAM_OVERHEAD);
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
            boolean empty = first.messages().isEmpty() && !first.close();
            if (!empty && !fresh.append(first).isTaken()) {
                throw new IllegalArgumentException("producer-seq: not 0 (expected: 0, as a stream begins)");
            }
            return new Creation(true, fresh.info());
        } catch (RuntimeException e) {
            fresh.drop();
            throw e;
        }
    }

    @Override
    public CompletionStage<AppendOutcome> append(String name, StreamAppend append) {
        return tried(() -> with(name, stored -> {
                    stored.lastUse = clock.instant();
                    return stored.append(append);
                })
                .orElseGet(AppendOutcome::noStream));
    }

    @Override
    public CompletionStage<Optional<StreamInfo>> info(String name) {
        return tried(() -> with(name, Stored::info));
    }

    @Override
    public CompletionStage<Optional<StreamPage>> read(String name, Offset after, int maxBytes) {
        return tried(() -> with(name, stored -> {
            stored.lastUse = clock.instant();
            return stored.page(after, maxBytes);
        }));
    }

    @Override
    public CompletionStage<Boolean> delete(String name) {
        return tried(() -> with(name, stored -> {
                    stored.drop();
                    return true;
                })
                .orElse(false));
    }

    @Override
    public CompletionStage<List<StreamInfo>> list(String prefix, String after, int limit) {
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
