package io.tidewire.server;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends what is in the queue, one batch at a time, on one thread: that of its scheduler. */
final class WebhookSender {
    /*
     * idle ──wake──▶ lingering ──turn──▶ sending ──2xx──▶ idle, or lingering if more has come
     *                                     │   ▲
     *                   408, 429, 5xx, none   └─backoff── waiting
     *
     * A batch leaves "sending" by being taken, refused (other 4xx, 3xx), or given up after its time; what is lost with it the next one
     * tells. 410 switches everything off. The flags below keep it at one task on the scheduler however many events wake it; they are
     * taken down before the queue is looked at, so that what comes after the look wakes it again.
     */
    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);

    /** A request's worth of events in memory; one connection's topics can be more. */
    private static final long MAX_BATCH_BYTES = 256 << 10;

    /** Doubling more often than this would overflow, and is beyond every longest wait. */
    private static final int MAX_DOUBLINGS = 30;

    /**
     * When a batch goes, and how often.
     *
     * @param events most of one batch
     * @param linger how long the first event of a batch waits for others
     * @param firstBackoff the wait after the first failure; it doubles each time
     * @param maxBackoff the longest wait
     * @param giveUpAfter how long one batch is tried
     */
    record Pace(int events, Duration linger, Duration firstBackoff, Duration maxBackoff, Duration giveUpAfter) {}

    private final HookQueue queue;
    private final HookClient client;
    private final HookCounts counts;
    private final Pace pace;
    private final ScheduledExecutorService scheduler;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final String epoch;
    private final AtomicBoolean lingering = new AtomicBoolean();
    private final AtomicBoolean hurried = new AtomicBoolean();
    private final CompletableFuture<Void> flushed = new CompletableFuture<>();
    private volatile boolean off;

    // The scheduler's thread's own.
    private @Nullable WebhookBatch current;
    private @Nullable Future<?> waiting;
    private int failures;
    private boolean closing;
    private long batchNumber;
    private long eventNumber;

    WebhookSender(
            HookQueue queue,
            HookClient client,
            HookCounts counts,
            Pace pace,
            ScheduledExecutorService scheduler,
            InstantSource clock,
            RandomGenerator random) {
        this.queue = queue;
        this.client = client;
        this.counts = counts;
        this.pace = pace;
        this.scheduler = scheduler;
        this.clock = clock;
        this.random = random;
        this.epoch = Long.toHexString(random.nextLong());
    }

    /** {@return whether the receiver wants no more} Any thread. */
    boolean isOff() {
        return off;
    }

    /** Says that something is in the queue. Any thread, often. */
    void wake() {
        if (!lingering.get() && lingering.compareAndSet(false, true)) {
            scheduler.schedule(this::turn, pace.linger().toMillis(), TimeUnit.MILLISECONDS);
        }
        if (queue.size() >= pace.events() && !hurried.get() && hurried.compareAndSet(false, true)) {
            scheduler.execute(this::turn);
        }
    }

    /** {@return completes when everything has been sent, or nothing more will be} Any thread, once. */
    Future<Void> flush() {
        scheduler.execute(() -> {
            closing = true;
            WebhookBatch batch = current;
            Future<?> retry = waiting;
            if (batch == null) {
                turn();
            } else if (retry != null && retry.cancel(false)) {
                attempt(batch);
            }
        });
        return flushed;
    }

    /** {@return how many events are left} Once the scheduler has ended. */
    int unsent() {
        WebhookBatch batch = current;
        return queue.size() + (batch == null ? 0 : batch.events());
    }

    private void turn() {
        if (current != null) {
            return; // when that has arrived, the queue is looked at again
        }
        lingering.set(false);
        hurried.set(false);
        if (off) {
            queue.dropAll();
        }
        List<HookEvent> events = queue.take(pace.events(), MAX_BATCH_BYTES);
        if (events.isEmpty()) {
            if (closing) {
                flushed.complete(null);
            }
            return;
        }
        long number = eventNumber;
        eventNumber += events.size();
        String id = "msg_" + epoch + "_" + batchNumber++;
        WebhookBatch batch =
                WebhookBatch.of(id, events, n -> "evt_" + epoch + "_" + n, number, queue.takeLost(), clock.instant());
        current = batch;
        failures = 0;
        attempt(batch);
    }

    private void attempt(WebhookBatch batch) {
        waiting = null;
        client.post(batch.id(), batch.body())
                .whenComplete((answer, failure) -> scheduler.execute(() -> answered(batch, answer, failure)));
    }

    private void answered(WebhookBatch batch, @Nullable HookAnswer answer, @Nullable Throwable failure) {
        if (answer != null && answer.isSuccess()) {
            if (failures > 0) {
                LOG.info("Webhook {} takes events again", client.endpoint());
            }
            counts.add(HookCounter.WEBHOOK_DELIVERED, batch.events());
            next();
            return;
        }
        counts.add(HookCounter.WEBHOOK_FAILED, 1);
        if (answer == null || answer.isPassing()) {
            String why = answer == null ? reason(failure) : "status " + answer.status();
            retry(batch, why, answer == null ? null : answer.retryAfter());
        } else if (answer.status() == 410) {
            off = true;
            LOG.warn("Webhook {} answered 410 and is off until the next start; mend its URL", client.endpoint());
            lose(batch);
        } else {
            LOG.warn(
                    "Webhook {} refused a batch with status {}: {} events are lost (expected: 2xx)",
                    client.endpoint(),
                    answer.status(),
                    batch.events());
            lose(batch);
        }
    }

    private void retry(WebhookBatch batch, String why, @Nullable Duration wanted) {
        Duration left = pace.giveUpAfter().minus(Duration.between(batch.since(), clock.instant()));
        if (left.isNegative() || left.isZero()) {
            LOG.warn(
                    "Webhook {} did not take a batch within {}: {} events are lost; last: {}",
                    client.endpoint(),
                    pace.giveUpAfter(),
                    batch.events(),
                    why);
            lose(batch);
            return;
        }
        if (failures++ == 0) {
            LOG.warn("Webhook {} does not take events, trying on for {}: {}", client.endpoint(), left, why);
        }
        long wait = backoffMillis();
        if (wanted != null) {
            wait = Math.max(wait, wanted.toMillis());
        }
        counts.add(HookCounter.WEBHOOK_RETRIES, 1);
        waiting = scheduler.schedule(
                () -> attempt(batch), Math.min(wait, Math.max(1, left.toMillis())), TimeUnit.MILLISECONDS);
    }

    /** {@return between half of it and all of it, so that hubs which failed together do not come back together} */
    private long backoffMillis() {
        long full = Math.min(
                pace.maxBackoff().toMillis(), pace.firstBackoff().toMillis() << Math.min(failures - 1, MAX_DOUBLINGS));
        return full - random.nextLong(full / 2 + 1);
    }

    private static String reason(@Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return String.valueOf(cause);
    }

    private void lose(WebhookBatch batch) {
        queue.drop(batch.events());
        queue.untold(batch.lost());
        next();
    }

    private void next() {
        current = null;
        lingering.set(false);
        hurried.set(false);
        if (closing || off) {
            turn();
        } else if (queue.size() > 0) {
            wake();
        }
    }
}
