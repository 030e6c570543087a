package io.tidewire.server;

import io.tidewire.hub.CloseReason;
import io.tidewire.hub.ConnectionInfo;
import io.tidewire.hub.ConnectionListener;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells an application by signed HTTP requests who connects and leaves, and which topics have subscribers here (B9, S9, S16). Safe for any
 * thread; never blocks a caller but in {@link #close}, which must not be called on an event loop.
 *
 * <p>At least once, in order, as long as the receiver is back before a batch is given up and the queue is full; what is lost is counted, and
 * told with the next batch. {@code docs/hooks.md} has the payloads.
 *
 * <pre>{@code
 * try (Webhooks hooks = Webhooks.builder(URI.create("https://app.example/hooks"), secret).build();
 *         Tidewire server = Tidewire.builder().webhooks(hooks).start()) { // the server ends first, so its last events are sent too
 *     server.awaitStopped();
 * }
 * }</pre>
 */
public final class Webhooks implements ConnectionListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);

    /** A receiver has nothing to say but its status. */
    private static final int MAX_ANSWER_BYTES = 16 << 10;

    /** What the thread may take for its last steps once it has nothing to wait for. */
    private static final int LAST_STEPS_MILLIS = 1000;

    private final HookCounts counts = new HookCounts();
    private final Occupancy occupancy = new Occupancy();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final InstantSource clock;
    private final Duration flushTimeout;
    private final ScheduledExecutorService scheduler;
    private final HookQueue queue;
    private final WebhookSender sender;

    private Webhooks(Builder builder) {
        HookEndpoint endpoint = HookEndpoint.of("webhooks.url", builder.uri, builder.plaintextAllowed);
        WebhookSignature signature = new WebhookSignature("webhooks.secret", builder.secrets);
        ScheduledExecutorService given = builder.scheduler;
        clock = builder.clock;
        flushTimeout = builder.flushTimeout;
        queue = new HookQueue(builder.queueEvents, builder.queueBytes, counts);
        scheduler = given == null ? ownThread() : given;
        HookClient client = new HookClient(endpoint, signature, builder.timeout, MAX_ANSWER_BYTES, clock);
        sender = new WebhookSender(queue, client, counts, builder.pace, scheduler, clock, builder.random);
    }

    private static ScheduledExecutorService ownThread() {
        ScheduledThreadPoolExecutor one = new ScheduledThreadPoolExecutor(
                1,
                task -> {
                    Thread thread = new Thread(task, "tidewire-webhooks");
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy()); // an answer that comes after the end
        one.setRemoveOnCancelPolicy(true);
        return one;
    }

    /**
     * {@return settings}
     *
     * @param uri where to; https, or http to this machine
     * @param secret {@code whsec_} and base64 of 24 bytes or more, or 24 bytes or more of any text; never logged
     */
    public static Builder builder(URI uri, String secret) {
        return new Builder(uri, secret);
    }

    /** {@return a counter's value since the start; 0 for those of the authoriser} */
    public long count(HookCounter counter) {
        return counts.get(counter);
    }

    @Override
    public void connected(ConnectionInfo connection) {
        tell(HookEvent.Type.CONNECTED, connection, connection.selectors(), null);
        occupancy.enter(connection, topic -> tell(HookEvent.Type.TOPIC_OCCUPIED, connection, List.of(topic), null));
        wake();
    }

    @Override
    public void topicsChanged(ConnectionInfo connection) {
        occupancy.change(
                connection,
                topic -> tell(HookEvent.Type.TOPIC_OCCUPIED, connection, List.of(topic), null),
                topic -> tell(HookEvent.Type.TOPIC_VACATED, connection, List.of(topic), null));
        wake();
    }

    @Override
    public void disconnected(ConnectionInfo connection, CloseReason reason) {
        if (!occupancy.knows(connection.id())) {
            return; // it was gone before it could be told its id, so nobody was told of it
        }
        tell(HookEvent.Type.DISCONNECTED, connection, connection.selectors(), reason);
        occupancy.leave(connection, topic -> tell(HookEvent.Type.TOPIC_VACATED, connection, List.of(topic), null));
        wake();
    }

    private void tell(
            HookEvent.Type type, ConnectionInfo connection, List<String> topics, @Nullable CloseReason reason) {
        if (closed.get() || sender.isOff()) {
            queue.drop(1);
        } else {
            queue.put(new HookEvent(type, clock.instant(), connection, topics, reason));
        }
    }

    private void wake() {
        if (queue.size() > 0 && !closed.get()) {
            sender.wake();
        }
    }

    /** Sends what there is, for a bounded time, and ends; close the server first. Calling it again does nothing. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            sender.flush().get(flushTimeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // what is left is counted below
        } catch (ExecutionException e) {
            throw new IllegalStateException("The webhook's thread failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        scheduler.shutdownNow();
        try {
            scheduler.awaitTermination(LAST_STEPS_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        int unsent = sender.unsent();
        if (unsent > 0) {
            queue.drop(unsent);
            LOG.warn("Webhooks ended with {} events not delivered within {}", unsent, flushTimeout);
        }
    }

    /** Settings of {@link Webhooks}. Not thread-safe. */
    public static final class Builder {
        private final URI uri;
        private final List<String> secrets = new ArrayList<>();
        private boolean plaintextAllowed;
        private int queueEvents = 50_000;
        private long queueBytes = 32L << 20;
        private Duration timeout = Duration.ofSeconds(15);
        private Duration flushTimeout = Duration.ofSeconds(5);
        private InstantSource clock = InstantSource.system();
        private RandomGenerator random = new SecureRandom();
        private @Nullable ScheduledExecutorService scheduler;
        private WebhookSender.Pace pace = new WebhookSender.Pace(
                100, Duration.ofMillis(200), Duration.ofMillis(500), Duration.ofSeconds(30), Duration.ofMinutes(15));

        private Builder(URI uri, String secret) {
            this.uri = uri;
            this.secrets.add(secret);
        }

        /**
         * Adds a secret to sign with beside the first, as long as receivers may know only that one.
         *
         * @return this
         */
        public Builder alsoSignedWith(String secret) {
            secrets.add(secret);
            return this;
        }

        /**
         * Allows {@code http} to other machines than this one; whoever is on the way can then read who listens to what.
         *
         * @return this
         */
        public Builder plaintextAllowed(boolean allowed) {
            plaintextAllowed = allowed;
            return this;
        }

        /**
         * Sets how many events go in one request at most, and how long the first waits for others; 100, and 200 ms.
         *
         * @return this
         */
        public Builder batch(int events, Duration linger) {
            pace = new WebhookSender.Pace(
                    HookBounds.atLeastOne("webhooks.batch", events),
                    HookBounds.notNegative("webhooks.linger", linger),
                    pace.firstBackoff(),
                    pace.maxBackoff(),
                    pace.giveUpAfter());
            return this;
        }

        /**
         * Sets the waits between attempts, doubling from the first to the longest, and how long one batch is tried; 500 ms, 30 s, 15
         * min. Meanwhile others wait in the queue.
         *
         * @return this
         */
        public Builder retry(Duration first, Duration longest, Duration giveUpAfter) {
            pace = new WebhookSender.Pace(
                    pace.events(),
                    pace.linger(),
                    HookBounds.positive("webhooks.retry-first", first),
                    HookBounds.positive("webhooks.retry-longest", longest),
                    HookBounds.positive("webhooks.give-up-after", giveUpAfter));
            return this;
        }

        /**
         * Sets how much may wait; 50,000 events, and 32 MiB as estimated. More pushes out the oldest.
         *
         * @return this
         */
        public Builder queue(int events, long bytes) {
            queueEvents = HookBounds.atLeastOne("webhooks.queue-events", events);
            queueBytes = HookBounds.atLeastOne("webhooks.queue-bytes", bytes);
            return this;
        }

        /**
         * Sets how long one request may take, connection and answer included; 15 s.
         *
         * @return this
         */
        public Builder timeout(Duration each) {
            timeout = HookBounds.positive("webhooks.timeout", each);
            return this;
        }

        /**
         * Sets how long {@link Webhooks#close} waits for the last events to be taken; 5 s.
         *
         * @return this
         */
        public Builder flushTimeout(Duration most) {
            flushTimeout = HookBounds.notNegative("webhooks.flush-timeout", most);
            return this;
        }

        /**
         * Sets the clock; the system's.
         *
         * @return this
         */
        public Builder clock(InstantSource source) {
            clock = source;
            return this;
        }

        /** Sets the one thread, which is shut down by {@link Webhooks#close}. */
        Builder scheduler(ScheduledExecutorService one) {
            scheduler = one;
            return this;
        }

        /**
         * {@return the webhooks, ready to be told}
         *
         * @throws IllegalArgumentException if the URL is neither https nor allowed plaintext, or the secret too short
         */
        public Webhooks build() {
            return new Webhooks(this);
        }
    }
}
