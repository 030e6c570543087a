package io.tidewire.server;

import java.util.Iterator;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Makes publishers of what is pulled. */
public final class Publishers {
    private Publishers() {}

    /** {@return a publisher for one subscriber that pulls each item, an event or a token, when it is asked for, on a thread of the executor} */
    public static <T> Flow.Publisher<T> of(Iterator<T> events, Executor executor) {
        return subscriber -> subscriber.onSubscribe(new Pulling<>(events, executor, subscriber, () -> {}));
    }

    /** {@return the same for a stream, which is closed at the end or when the client leaves} */
    public static <T> Flow.Publisher<T> of(Stream<T> events, Executor executor) {
        return subscriber ->
                subscriber.onSubscribe(new Pulling<>(events.iterator(), executor, subscriber, events::close));
    }

    /** Runs at most one task at a time; the demand counts what is still wanted. */
    private static final class Pulling<T> implements Flow.Subscription, Runnable {
        private final Iterator<T> events;
        private final Executor executor;
        private final Flow.Subscriber<? super T> subscriber;
        private final Runnable atEnd;
        private final AtomicLong demand = new AtomicLong();
        private final AtomicBoolean ended = new AtomicBoolean();
        private volatile boolean cancelled;

        Pulling(Iterator<T> events, Executor executor, Flow.Subscriber<? super T> subscriber, Runnable atEnd) {
            this.events = events;
            this.executor = executor;
            this.subscriber = subscriber;
            this.atEnd = atEnd;
        }

        @Override
        public void request(long count) {
            if (demand.getAndAdd(count) == 0 && !cancelled) {
                executor.execute(this);
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
            if (demand.getAndIncrement() == 0) {
                executor.execute(this); // nobody is pulling: someone must close
            }
        }

        @Override
        public void run() {
            try {
                do {
                    if (cancelled) {
                        end();
                        return;
                    }
                    if (!events.hasNext()) {
                        end();
                        subscriber.onComplete();
                        return;
                    }
                    subscriber.onNext(events.next());
                } while (demand.decrementAndGet() > 0);
            } catch (RuntimeException e) {
                end();
                subscriber.onError(e);
            }
        }

        private void end() {
            if (ended.compareAndSet(false, true)) {
                cancelled = true;
                atEnd.run();
            }
        }
    }
}
