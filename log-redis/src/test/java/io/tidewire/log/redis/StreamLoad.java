package io.tidewire.log.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.stream.AppendOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Writers that go on whatever happens, each to a stream of its own with some appends under way, each message another. */
final class StreamLoad implements AutoCloseable {
    private static final int UNDER_WAY = 20;
    private static final long PAUSE_NANOS = 2_000_000;

    final AtomicInteger acknowledged = new AtomicInteger();
    final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final StreamHub hub;
    private final List<Writer> writers = new ArrayList<>();
    private volatile boolean stopped;

    StreamLoad(StreamHub hub, int count) {
        this.hub = hub;
        for (int i = 0; i < count; i++) {
            String name = "load/" + i;
            hub.create(name);
            writers.add(new Writer(name));
        }
        writers.forEach(writer -> writer.thread.start());
    }

    /** One stream, and what was acknowledged of it. */
    private final class Writer {
        final String name;
        final Thread thread = new Thread(this::run);
        final Semaphore room = new Semaphore(UNDER_WAY);
        final Queue<String> written = new ConcurrentLinkedQueue<>();

        Writer(String name) {
            this.name = name;
        }

        private void run() {
            for (int i = 0; !stopped; i++) {
                room.acquireUninterruptibly();
                String text = "m" + i;
                hub.store.append(name, StreamHub.message(text)).whenComplete((outcome, failure) -> {
                    if (failure != null) {
                        failures.add(failure);
                    } else if (outcome.kind() == AppendOutcome.Kind.APPENDED) {
                        written.add(text);
                        acknowledged.incrementAndGet();
                    } else {
                        failures.add(new AssertionError(outcome.toString()));
                    }
                    room.release();
                });
                if (!failures.isEmpty()) {
                    LockSupport.parkNanos(PAUSE_NANOS); // a writer that is refused does not spin
                }
            }
            room.acquireUninterruptibly(UNDER_WAY);
        }
    }

    /** Ends all writers, each with what it has under way answered. */
    void stop() {
        stopped = true;
        for (Writer writer : writers) {
            try {
                writer.thread.join(Hub.PATIENCE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            assertThat(writer.thread.isAlive()).as("unanswered appends").isFalse();
        }
    }

    /** Exactly what was acknowledged is there, once and in order. */
    void checkExactly() {
        for (Writer writer : writers) {
            assertThat(hub.read(writer.name)).isEqualTo(List.copyOf(writer.written));
        }
    }

    /** What was acknowledged is there, nothing is there twice, and all is in the order of the calls. */
    void checkAllThereOnce() {
        for (Writer writer : writers) {
            List<String> read = hub.read(writer.name);
            assertThat(read).doesNotHaveDuplicates().containsAll(writer.written);
            assertThat(read.stream().map(text -> Integer.parseInt(text.substring(1))))
                    .isSorted();
        }
    }

    @Override
    public void close() {
        stopped = true;
    }

    static Throwable failureOf(CompletableFuture<?> answer) {
        try {
            return new AssertionError("answered: " + answer.get(Hub.PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException e) {
            return Objects.requireNonNull(e.getCause());
        } catch (TimeoutException | InterruptedException e) {
            return e;
        }
    }
}
