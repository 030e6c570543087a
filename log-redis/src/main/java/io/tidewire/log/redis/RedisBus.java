package io.tidewire.log.redis;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.tidewire.log.MessageBus;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Messages by Redis's publish and subscribe. Safe for any thread; listeners are called on a thread of the bus. */
final class RedisBus implements MessageBus, Link.User {
    private static final Logger LOG = LoggerFactory.getLogger(RedisBus.class);

    /** What may be on its way to Redis, and again to the listeners; beyond it messages are dropped. */
    private static final long MAX_QUEUED_BYTES = 16L << 20;

    /** A message's buffers and objects: many small ones count too. */
    private static final long OVERHEAD_BYTES = 200;

    private final Link link;
    private final byte[] channel;
    private final ExecutorService thread;
    private final List<Consumer<byte[]>> listeners = new CopyOnWriteArrayList<>();
    private final AtomicLong outgoingBytes = new AtomicLong();
    private final AtomicLong incomingBytes = new AtomicLong();
    private final AtomicBoolean toldSlow = new AtomicBoolean();
    private final CompletableFuture<Void> subscribed = new CompletableFuture<>();
    private volatile boolean closed;

    RedisBus(Link link, byte[] channel, ExecutorService thread) {
        this.link = link;
        this.channel = channel;
        this.thread = thread;
    }

    @Override
    public void send(byte[] message) {
        MessageBus.requireFits(message);
        Session session = link.session();
        long bytes = message.length + OVERHEAD_BYTES;
        if (closed || session == null) {
            return;
        }
        if (outgoingBytes.addAndGet(bytes) > MAX_QUEUED_BYTES) {
            outgoingBytes.addAndGet(-bytes);
            return;
        }
        session.reads().async().publish(channel, message).whenComplete((receivers, failure) -> {
            outgoingBytes.addAndGet(-bytes);
            if (failure != null) {
                LOG.debug(
                        "A message to the other hubs was not sent: {}",
                        Fault.of(failure).text());
            }
        });
    }

    @Override
    public void listen(Consumer<byte[]> listener) {
        listeners.add(listener);
    }

    /** {@return completes once messages of others arrive for the first time} */
    CompletableFuture<Void> subscribed() {
        return subscribed;
    }

    @Override
    public void up(Session session) {
        session.bus().addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(byte[] from, byte[] message) {
                deliver(message);
            }
        });
        session.bus().async().subscribe(channel).whenComplete((done, failure) -> {
            if (failure == null) {
                subscribed.complete(null);
            } else {
                subscribed.completeExceptionally(failure);
                link.lost(session, Fault.of(failure));
            }
        });
    }

    @Override
    public void down(Fault fault) {
        // the session is closed, and its subscription with it
    }

    /** Hands a message to the listeners, as if it had been sent to us. Any thread. */
    void deliver(byte[] message) {
        long bytes = message.length + OVERHEAD_BYTES;
        if (closed) {
            return;
        }
        if (incomingBytes.addAndGet(bytes) > MAX_QUEUED_BYTES) {
            incomingBytes.addAndGet(-bytes);
            if (toldSlow.compareAndSet(false, true)) {
                LOG.warn("Messages of other hubs come faster than this one takes them; some are dropped");
            }
            return;
        }
        try {
            thread.execute(() -> {
                incomingBytes.addAndGet(-bytes);
                listeners.forEach(listener -> hand(listener, message));
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("closed", e);
        }
    }

    private void hand(Consumer<byte[]> listener, byte[] message) {
        if (closed) {
            return;
        }
        try {
            listener.accept(message);
        } catch (RuntimeException e) {
            LOG.error("A listener to the other hubs failed; mend the listener, the next message comes all the same", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        listeners.clear();
    }
}
