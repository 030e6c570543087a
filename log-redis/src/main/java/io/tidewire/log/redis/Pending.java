package io.tidewire.log.redis;

import io.tidewire.log.LogException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * What one caller wants written, ready to be sent. The mutable part belongs to the store's thread.
 *
 * @param <T> what the caller is answered
 */
abstract class Pending<T> {
    private final byte[][] arguments;
    private final long bytes;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private @Nullable Future<?> deadline;

    /**
     * Creates what waits for its turn.
     *
     * @param overheadBytes what it costs beyond its arguments
     */
    Pending(byte[][] arguments, long overheadBytes) {
        this.arguments = arguments;
        long sum = overheadBytes;
        for (byte[] argument : arguments) {
            sum += argument.length;
        }
        this.bytes = sum;
    }

    /** {@return how many answers the script gives to it} */
    abstract int size();

    /** Takes what the script said, from {@code answers[from]} on. */
    abstract void complete(List<Object> answers, int from);

    /** Tells the caller what {@link #complete} found. */
    abstract void acknowledge();

    /** {@return what waiting for its turn costs, in bytes} */
    final long bytes() {
        return bytes;
    }

    final byte[][] arguments() {
        return arguments;
    }

    final CompletableFuture<T> result() {
        return result;
    }

    final boolean isDone() {
        return result.isDone();
    }

    final boolean hasDeadline() {
        return deadline != null;
    }

    final void setDeadline(Future<?> timer) {
        deadline = timer;
    }

    final void fail(LogException failure) {
        stopTimer();
        result.completeExceptionally(failure);
    }

    final void stopTimer() {
        Future<?> timer = deadline;
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
