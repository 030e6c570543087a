package io.tidewire.stream;

import io.tidewire.log.LogException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The only one who appends to a stream, and so knows the offset of each message at once: readers here that are eager see a message when
 * it is written, everybody else when the store has it. What is written while the store is busy goes to it together.
 *
 * <p>Safe for any thread; the listeners are called on any, and must be quick.
 */
public final class StreamWriter {
    /** What may wait for the store before the writer should pause, in bytes. */
    public static final int PENDING_BYTES = 1 << 20;

    private final Streams streams;
    private final LiveStream live;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private List<byte[]> pending = new ArrayList<>();
    private long pendingBytes;
    private boolean busy;
    private boolean ending;
    private boolean full;
    private boolean over;
    private Offset next = Offset.START;
    private @Nullable Runnable onDrained;
    private @Nullable Runnable onStopped;
    private @Nullable Runnable onReaders;

    StreamWriter(Streams streams, LiveStream live) {
        this.streams = streams;
        this.live = live;
    }

    /** {@return the stream's name} */
    public String name() {
        return live.name;
    }

    /**
     * Adds a message.
     *
     * @return the place after it; of a stream that has ended, was stopped or failed, the place where that was
     */
    public Offset write(byte[] message) {
        List<StreamReader> woken;
        Offset place;
        synchronized (live) {
            if (ending || over) {
                return next;
            }
            woken = add(message);
            place = next;
        }
        woken.forEach(StreamReader::look);
        proceed();
        return place;
    }

    private List<StreamReader> add(byte[] message) {
        pending.add(message);
        pendingBytes += message.length;
        full |= pendingBytes > PENDING_BYTES;
        next = next.plus(1);
        return live.written(message);
    }

    /**
     * Adds last messages, and closes the stream. Only the first call counts.
     *
     * @return completes when the store has everything; fails if it does not take it
     */
    public CompletionStage<Void> end(byte[]... last) {
        List<StreamReader> woken = List.of();
        synchronized (live) {
            if (!ending && !over) {
                ending = true;
                woken = new ArrayList<>();
                for (byte[] message : last) {
                    woken.addAll(add(message)); // who was woken by it waits no more, and must look
                }
                woken.addAll(live.wake());
            }
        }
        woken.forEach(StreamReader::look);
        proceed();
        return ended.copy();
    }

    /** {@return completes when the stream is closed and stored; fails if the store does not take it, or somebody else ended it} */
    public CompletionStage<Void> ended() {
        return ended.copy();
    }

    /** {@return whether so much waits for the store that the writer should pause until it is told that it has drained} */
    public boolean isFull() {
        synchronized (live) {
            return full;
        }
    }

    /** Whether it said that nothing follows; under the live stream's monitor. */
    boolean isEnding() {
        return ending;
    }

    /** {@return how many readers there are here} */
    public int readers() {
        return live.readerCount();
    }

    /** Asks whoever writes to stop; what it does then is its own matter. */
    public void stop() {
        Runnable told;
        synchronized (live) {
            told = onStopped;
            onStopped = null;
        }
        if (told != null) {
            told.run();
        }
    }

    /** Sets who is told, once, that it should stop, or that somebody else ended or deleted the stream, or that the store failed. */
    public void onStopped(Runnable told) {
        synchronized (live) {
            if (!over) {
                onStopped = told;
                return;
            }
        }
        told.run();
    }

    /** Sets who is told that there is room again. */
    public void onDrained(Runnable told) {
        synchronized (live) {
            onDrained = told;
        }
    }

    /** Sets who is told that the first reader has come or the last one has gone. */
    public void onReaders(Runnable told) {
        synchronized (live) {
            onReaders = told;
        }
    }

    void readersChanged() {
        Runnable told;
        synchronized (live) {
            told = onReaders;
        }
        if (told != null) {
            told.run();
        }
    }

    /** Hands what waits to the store, again and again until nothing waits or the store takes its time. */
    private void proceed() {
        while (true) {
            StreamAppend append;
            synchronized (live) {
                boolean idle = pending.isEmpty() && !ending;
                if (over || busy || idle) {
                    return;
                }
                append = StreamAppend.of(pending);
                append = ending ? append.closing() : append;
                pending = new ArrayList<>();
                busy = true;
            }
            StreamAppend sent = append;
            CompletableFuture<AppendOutcome> answer = streams.append(live, sent).toCompletableFuture();
            if (!answer.isDone()) {
                answer.whenComplete((outcome, failure) -> {
                    taken(sent, outcome, failure);
                    proceed();
                });
                return;
            }
            answer.whenComplete((outcome, failure) -> taken(sent, outcome, failure));
        }
    }

    private void taken(StreamAppend sent, @Nullable AppendOutcome outcome, @Nullable Throwable failure) {
        if (failure != null) {
            fail(failure);
            return;
        }
        if (outcome == null || outcome.kind() != AppendOutcome.Kind.APPENDED) {
            fail(new LogException.Unavailable("The stream " + live.name + " was ended or deleted by somebody else"));
            return;
        }
        Runnable drained = null;
        boolean done;
        synchronized (live) {
            busy = false;
            pendingBytes -= sent.bytes();
            if (full && pendingBytes <= PENDING_BYTES / 2) {
                full = false;
                drained = onDrained;
            }
            done = sent.close();
            over |= done;
        }
        if (done) {
            streams.ended(this, live);
            ended.complete(null);
        } else if (drained != null) {
            drained.run();
        }
    }

    /** Somebody else ended or deleted the stream. */
    void stopped() {
        boolean ours;
        synchronized (live) {
            ours = ending;
        }
        if (!ours) {
            fail(new LogException.Unavailable("The stream " + live.name + " was ended or deleted by somebody else"));
        }
    }

    private void fail(Throwable failure) {
        Runnable told;
        synchronized (live) {
            if (over) {
                return;
            }
            over = true;
            pending = List.of();
            told = onStopped;
            onStopped = null;
        }
        streams.ended(this, live);
        ended.completeExceptionally(failure);
        if (told != null) {
            told.run();
        }
    }
}
