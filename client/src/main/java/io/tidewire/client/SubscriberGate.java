package io.tidewire.client;

import java.util.concurrent.Flow;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets events through to one subscriber as it asks for them. The source's thread calls {@link #put} and {@link #end}, hence
 * {@code onNext}; any thread requests, cancels and aborts.
 */
final class SubscriberGate implements Reader, Flow.Subscription {

    /*
     * Nothing is stored: the source's thread waits here until there is demand, and meanwhile does not read its socket.
     *
     * `signalling` is the right to call the subscriber (Reactive Streams §1.3: one at a time). A terminal signal that comes up while
     * another thread has it is left in `terminal` for that thread to deliver.
     */
    private final Flow.Subscriber<? super StreamEvent> subscriber;
    private final Consumer<Reader> onGone;
    private final Consumer<Throwable> failed;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // All guarded by the lock.
    private long demand;
    private boolean signalling = true;
    private boolean done;
    private boolean aborted;
    private @Nullable Runnable terminal;

    /**
     * One without demand, that signals nothing until {@link #subscribed}.
     *
     * @param onGone whom to tell that it is over for this subscriber
     * @param failed whom to tell what the subscriber threw
     */
    SubscriberGate(
            Flow.Subscriber<? super StreamEvent> subscriber, Consumer<Reader> onGone, Consumer<Throwable> failed) {
        this.subscriber = subscriber;
        this.onGone = onGone;
        this.failed = failed;
    }

    /** The first signal. */
    void subscribed() {
        signal(() -> subscriber.onSubscribe(this));
    }

    @Override
    public void put(long number, StreamEvent event) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while ((demand == 0 || signalling) && !done && !aborted) {
                changed.await();
            }
            if (done || aborted) {
                return;
            }
            demand -= demand == Long.MAX_VALUE ? 0 : 1;
            signalling = true;
        } finally {
            lock.unlock();
        }
        signal(() -> subscriber.onNext(event));
    }

    /** Calls the subscriber with the right to do so, then gives it back; and delivers what has come up meanwhile. */
    private void signal(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | Error e) {
            cancel(); // it broke its contract (§2.13): nothing more is sent to it
            failed.accept(e);
        }
        Runnable last;
        lock.lock();
        try {
            last = terminal;
            terminal = null;
            signalling = last != null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (last != null) {
            signal(last);
        }
    }

    private void finish(Runnable call) {
        boolean now;
        lock.lock();
        try {
            if (done) {
                return;
            }
            done = true;
            now = !signalling;
            if (now) {
                signalling = true;
            } else {
                terminal = call;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        onGone.accept(this);
        if (now) {
            signal(call);
        }
    }

    @Override
    public void end(EventSourceException why) {
        finish(why.isOrderly() ? subscriber::onComplete : () -> subscriber.onError(why));
    }

    @Override
    public void abort() {
        lock.lock();
        try {
            aborted = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** {@return always all: an event is handled when {@code onNext} returned} */
    @Override
    public long handledUpTo() {
        return Long.MAX_VALUE;
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            finish(() ->
                    subscriber.onError(new IllegalArgumentException("request: " + n + " (expected: 1 or more, §3.9)")));
            return;
        }
        lock.lock();
        try {
            demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void cancel() {
        lock.lock();
        try {
            if (done) {
                return;
            }
            done = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        onGone.accept(this);
    }
}
