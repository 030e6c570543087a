package io.tidewire.stream;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A cursor into a stream: gives what comes after it, and waits where there is nothing yet. Safe for any thread; one {@link #next} at a
 * time.
 *
 * <pre>{@code
 * StreamReader reader = streams.reader("log/build-7", Offset.START);
 * reader.next(64 << 10).thenAccept(page -> page.messages().forEach(this::show));
 * }</pre>
 */
public final class StreamReader implements AutoCloseable {
    private final Streams streams;
    private final LiveStream live;
    private final boolean eager;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile Offset position;
    private volatile @Nullable Demand demand;

    private record Demand(int maxBytes, CompletableFuture<StreamPage> result) {}

    StreamReader(Streams streams, LiveStream live, Offset start, boolean eager) {
        this.streams = streams;
        this.live = live;
        this.position = start;
        this.eager = eager;
    }

    /** {@return where it is: after everything that {@link #next} gave} */
    public Offset position() {
        return position;
    }

    /** {@return whether it also sees what a {@link StreamWriter} here has written and the store has not taken yet} */
    public boolean isEager() {
        return eager;
    }

    /**
     * Gives the next messages, as many as fit into so many bytes and at least one; waits until there is one. At the stream's end the
     * page is empty and {@link StreamPage#isEnd}.
     *
     * @return completes on any thread, at once if something is there; fails with {@link StreamGoneException} if the stream is gone, with
     *     a {@link io.tidewire.log.LogException} if the store fails; is cancelled when the reader is closed
     * @throws IllegalStateException if the one before is not complete
     */
    public CompletionStage<StreamPage> next(int maxBytes) {
        if (demand != null) {
            throw new IllegalStateException("next: asked again (expected: once the page before is there)");
        }
        CompletableFuture<StreamPage> result = new CompletableFuture<>();
        demand = new Demand(maxBytes, result);
        look();
        if (closed.get()) {
            cancel();
        }
        return result;
    }

    /** Looks for what there is now, and waits if that is nothing. */
    void look() {
        Demand asked = demand;
        if (asked == null || closed.get()) {
            return;
        }
        long changes = live.changes();
        StreamPage page = live.take(this, asked.maxBytes());
        if (page != null) {
            give(asked, page);
            return;
        }
        streams.store().read(live.name, position, asked.maxBytes()).whenComplete((found, failure) -> {
            if (failure != null) {
                fail(asked, failure);
            } else if (found.isEmpty()) {
                fail(asked, new StreamGoneException(live.name));
            } else {
                judge(asked, found.get(), changes);
            }
        });
    }

    private void judge(Demand asked, StreamPage page, long changes) {
        live.learn(page);
        boolean ahead =
                page.start().compareTo(position) < 0; // it saw what the store does not have yet, here or elsewhere
        if (page.isEnd() || (!ahead && !page.messages().isEmpty())) {
            give(asked, page);
        } else if (!live.await(this, changes)) {
            look();
        } else if (page.spec().isWrittenByOne() && !page.closed()) {
            streams.endIfLeft(live);
        }
    }

    private void give(Demand asked, StreamPage page) {
        demand = null;
        if (page.next().compareTo(position) > 0) {
            position = page.next();
        }
        asked.result().complete(page);
    }

    private void fail(Demand asked, Throwable failure) {
        demand = null;
        asked.result().completeExceptionally(failure);
    }

    private void cancel() {
        Demand asked = demand;
        if (asked != null) {
            demand = null;
            asked.result().cancel(false);
        }
    }

    /** Ends reading. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            streams.left(this, live);
            cancel();
        }
    }
}
