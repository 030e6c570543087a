package io.tidewire.stream;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Cancels what writes a stream that nobody reads, here or in another process, for a while. Safe for any thread. */
final class ReaderWatch {
    private final Streams streams;
    private final StreamWriter writer;
    private final Duration grace;
    private final Runnable cancel;
    private @Nullable Future<?> due;
    private boolean over;

    ReaderWatch(Streams streams, StreamWriter writer, Duration grace, Runnable cancel) {
        this.streams = streams;
        this.writer = writer;
        this.grace = grace;
        this.cancel = cancel;
    }

    /** Begins: the time runs until the first reader comes. */
    void start() {
        writer.onReaders(this::readersChanged);
        writer.ended().whenComplete((done, failure) -> stop());
        readersChanged();
    }

    private synchronized void readersChanged() {
        Future<?> before = due;
        due = null;
        if (before != null) {
            before.cancel(false);
        }
        if (!over && writer.readers() == 0) {
            due = streams.timer().schedule(this::askOthers, grace.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void askOthers() {
        streams.peers().read(writer.name()).whenComplete((isRead, failure) -> {
            if (writer.readers() > 0) {
                return;
            }
            if (failure != null || isRead) {
                readersChanged(); // another reads it, or may: look again after a while
            } else {
                stop();
                cancel.run();
            }
        });
    }

    private synchronized void stop() {
        over = true;
        Future<?> before = due;
        due = null;
        if (before != null) {
            before.cancel(false);
        }
    }
}
