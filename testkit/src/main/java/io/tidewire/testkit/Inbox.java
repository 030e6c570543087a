package io.tidewire.testkit;

import io.tidewire.sse.DecodedEvent;
import io.tidewire.sse.EventSink;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What an {@link AwaitingClient} has received: its reading thread fills it, the test waits on it. */
final class Inbox implements EventSink {
    private final Duration patience;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // Guarded by the lock.
    private final List<AwaitingClient.Event> events = new ArrayList<>();
    private final List<String> comments = new ArrayList<>();
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private int taken;
    private String lastEventId = "";
    private @Nullable Duration retry;
    private AwaitingClient.@Nullable Ending ending;
    private @Nullable Throwable cause;

    Inbox(Duration patience) {
        this.patience = patience;
    }

    // --- the reading thread

    @Override
    public void event(DecodedEvent event) {
        AwaitingClient.Event kept = new AwaitingClient.Event(event.type(), event.data(), event.lastEventId());
        change(() -> {
            events.add(kept);
            lastEventId = kept.id();
        });
    }

    @Override
    public void comment(String comment) {
        change(() -> comments.add(comment));
    }

    @Override
    public void retry(Duration reconnectionTime) {
        change(() -> retry = reconnectionTime);
    }

    @Override
    public void lastEventId(String id) {
        change(() -> lastEventId = id);
    }

    /** A piece of a body that is no event stream. */
    void text(byte[] bytes, int offset, int length) {
        change(() -> text.write(bytes, offset, length));
    }

    void end(AwaitingClient.Ending how, @Nullable Throwable why) {
        change(() -> {
            ending = how;
            cause = why;
        });
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    // --- the test

    /** {@return the next event not taken yet} */
    AwaitingClient.Event next() {
        return await("the next event", () -> taken < events.size(), () -> events.get(taken++));
    }

    /** {@return the next event of the type; those before it count as taken} */
    AwaitingClient.Event next(String type) {
        return await("an event of type " + type, () -> indexOf(type) >= 0, () -> {
            int index = indexOf(type);
            taken = index + 1;
            return events.get(index);
        });
    }

    private int indexOf(String type) {
        for (int i = taken; i < events.size(); i++) {
            if (events.get(i).type().equals(type)) {
                return i;
            }
        }
        return -1;
    }

    AwaitingClient.Ending awaitEnd() {
        return await("the end of the stream", () -> ending != null, () -> Objects.requireNonNull(ending));
    }

    String awaitComment() {
        return await("a comment", () -> !comments.isEmpty(), () -> comments.get(comments.size() - 1));
    }

    List<AwaitingClient.Event> untaken() {
        return locked(() -> List.copyOf(events.subList(taken, events.size())));
    }

    List<String> comments() {
        return locked(() -> List.copyOf(comments));
    }

    String text() {
        return locked(() -> text.toString(StandardCharsets.UTF_8));
    }

    String lastEventId() {
        return locked(() -> lastEventId);
    }

    Optional<Duration> retry() {
        return locked(() -> Optional.ofNullable(retry));
    }

    private <T> T locked(Supplier<T> answer) {
        lock.lock();
        try {
            return answer.get();
        } finally {
            lock.unlock();
        }
    }

    private <T> T await(String what, BooleanSupplier condition, Supplier<T> answer) {
        lock.lock();
        try {
            long nanos = patience.toNanos();
            while (!condition.getAsBoolean()) {
                if (ending != null || nanos <= 0) {
                    throw new AssertionError(missing(what), cause);
                }
                nanos = changed.awaitNanos(nanos);
            }
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + what, e);
        } finally {
            lock.unlock();
        }
    }

    private String missing(String what) {
        StringBuilder message = new StringBuilder("did not receive ").append(what);
        message.append(ending == null ? " within " + patience : ": the stream ended, " + ending);
        message.append("\ntaken before: ").append(events.subList(0, taken));
        message.append("\nnot taken: ").append(events.subList(taken, events.size()));
        message.append("\ncomments: ").append(comments);
        if (text.size() > 0) {
            message.append("\nbody: ").append(text.toString(StandardCharsets.UTF_8));
        }
        return message.toString();
    }
}
