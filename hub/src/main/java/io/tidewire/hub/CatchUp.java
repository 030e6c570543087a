package io.tidewire.hub;

import io.tidewire.log.EventLog;
import io.tidewire.log.Gap;
import io.tidewire.log.LogEntry;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Read;
import io.tidewire.sse.EventEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings subscribers from their cursor to the shard's head: from the log if the cursor is older than the window, then from
 * the window, at the pace at which their connection drains. Owned by the shard's thread.
 */
final class CatchUp {
    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);

    /** After so many bytes for one subscriber the others get their turn. */
    private static final int MAX_BYTES_PER_TURN = 256 << 10;

    /** Entries in a page: small ones fill a batch at about this number. */
    private static final int PAGE_EVENTS = 512;

    /** How long to leave a failed log alone. */
    private static final long RETRY_MILLIS = 1000;

    private final Shard shard;
    private final EventLog log;
    private final Window window;
    private final WindowReader reader;
    private final EventEncoder encoder = new EventEncoder();
    /** Those whose cursor is ahead of the shard: the log told them of entries that its follower has not brought yet. */
    private List<Subscription> ahead = List.of();

    private boolean logFailed;

    CatchUp(Shard shard, EventLog log, Window window) {
        this.shard = shard;
        this.log = log;
        this.window = window;
        this.reader = new WindowReader(shard, window);
    }

    /** Begins with a new subscriber. */
    void start(Subscription subscription) {
        if (subscription.samples()) {
            sample(subscription);
        } else {
            pump(subscription);
        }
    }

    void forget(Subscription subscription) {
        if (!ahead.isEmpty()) {
            ahead.remove(subscription);
        }
    }

    /** The shard has delivered more: those who were ahead of it may join now. */
    void headMoved() {
        if (ahead.isEmpty()) {
            return;
        }
        List<Subscription> again = ahead;
        ahead = new ArrayList<>();
        for (Subscription subscription : again) {
            pump(subscription);
        }
        if (ahead.isEmpty()) {
            ahead = List.of();
        }
    }

    /** Goes on until the subscriber is live, its outlet is full, its page is on its way, or its turn is over. */
    void pump(Subscription subscription) {
        if (subscription.samples()) {
            return; // by its timer alone
        }
        int budget = MAX_BYTES_PER_TURN;
        while (subscription.state == Subscription.State.CATCHING_UP && subscription.ready && !subscription.reading) {
            if (budget <= 0) {
                shard.loop().execute(() -> pump(subscription));
                return;
            }
            int written = step(subscription);
            if (written < 0) {
                return;
            }
            budget -= written;
        }
    }

    /** Takes one step; {@return the bytes written, or -1 if there is nothing to do for now}. */
    private int step(Subscription subscription) {
        if (subscription.latestFirst || !find(subscription)) {
            return readLog(subscription);
        }
        long head = shard.fanout().head();
        if (subscription.seq > head || !shard.fanout().position().covers(cursor(subscription))) {
            waitFor(subscription);
            return -1;
        }
        if (subscription.seq == head) {
            shard.fanout().join(subscription);
            return -1;
        }
        Batch batch = reader.fill(subscription, head);
        if (batch == null) {
            return 0;
        }
        shard.send(subscription, batch);
        shard.countWrites(batch, 1);
        return batch.end() - batch.start();
    }

    /** {@return whether the window has what the subscriber wants next} */
    private boolean find(Subscription subscription) {
        long seq = subscription.seq;
        if (seq < 0 || (seq < shard.fanout().head() && window.get(seq) == null)) {
            seq = window.seqAfter(cursor(subscription));
            subscription.seq = seq;
        }
        return seq >= 0;
    }

    private void waitFor(Subscription subscription) {
        if (ahead.isEmpty()) {
            ahead = new ArrayList<>();
        }
        if (!ahead.contains(subscription)) {
            ahead.add(subscription);
        }
        subscription.seq = -1; // where that is in the window is known once it is there
    }

    // --- from the log

    private int readLog(Subscription subscription) {
        boolean newestOnly = subscription.latestFirst || subscription.conflates();
        Read request = new Read(
                cursor(subscription),
                newestOnly ? Read.Mode.LATEST : Read.Mode.ALL,
                subscription.lane.interest(subscription.user),
                PAGE_EVENTS,
                shard.config().maxBatchBytes());
        shard.counters().add(HubCounter.LOG_PAGES, 1);
        CompletableFuture<Page> page = log.read(request).toCompletableFuture();
        if (page.isDone() && !page.isCompletedExceptionally()) {
            return deliver(subscription, page.join()); // no recursion: a long replay is a loop in pump
        }
        subscription.reading = true;
        page.whenComplete((read, failure) -> shard.onLoop(() -> {
            subscription.reading = false;
            if (failure != null) {
                failed(subscription, failure);
            } else {
                logFailed = false;
                deliver(subscription, read);
                pump(subscription);
            }
        }));
        return -1;
    }

    private void failed(Subscription subscription, Throwable failure) {
        if (!logFailed) {
            logFailed = true;
            LOG.warn(
                    "The log cannot be read; subscribers that are catching up wait and try again every {} ms",
                    RETRY_MILLIS,
                    failure);
        }
        subscription.reading = true;
        shard.loop()
                .schedule(
                        () -> {
                            subscription.reading = false;
                            pump(subscription);
                        },
                        RETRY_MILLIS);
    }

    private int deliver(Subscription subscription, Page page) {
        if (subscription.state != Subscription.State.CATCHING_UP) {
            return -1;
        }
        subscription.seq = -1;
        Gap gap = page.gap();
        if (gap != null) {
            shard.counters().add(HubCounter.GAPS, 1);
            if (!subscription.announce) {
                shard.close(
                        subscription,
                        CloseReason.SLOW); // it cannot be told otherwise, and nothing after the gap was sent
                return -1;
            }
        }
        int written = deliverEntries(subscription, page);
        if (written >= 0) {
            subscription.position = page.end();
            if (page.atHead()) {
                subscription.latestFirst = false;
            }
        }
        if (gap != null && shard.config().gapPolicy() == HubConfig.GapPolicy.DISCONNECT) {
            shard.close(subscription, CloseReason.SLOW);
        }
        return written;
    }

    /**
     * Writes a page. The announcement of a gap goes with the first events in one batch: there is no moment at which the one was
     * sent and the cursor is still before the gap.
     *
     * @return the bytes written, or -1 if it could not all be written
     */
    private int deliverEntries(Subscription subscription, Page page) {
        BatchComposer composer = shard.composer();
        List<LogEntry> entries = page.entries();
        Gap gap = page.gap();
        int written = 0;
        int next = 0;
        while (next < entries.size() || gap != null) {
            composer.begin();
            if (gap != null) {
                composer.put(shard.events().gap(gap));
                gap = null;
            }
            next = compose(subscription, entries, next);
            subscription.position =
                    next == 0 ? page.end() : entries.get(next - 1).position();
            if (!composer.isEmpty()) {
                Batch batch = composer.batch();
                written += composer.size();
                shard.countWrites(batch, 1);
                if (!shard.send(subscription, batch) && next < entries.size()) {
                    return -1;
                }
            }
        }
        return written;
    }

    /** Adds what the subscriber sees, from {@code next} on, for as long as it fits; {@return where it stopped}. */
    private int compose(Subscription subscription, List<LogEntry> entries, int next) {
        FrameStyle frame = subscription.lane.key().frame();
        int at = next;
        for (; at < entries.size(); at++) {
            LogEntry entry = entries.get(at);
            if (subscription.sees(entry.update()) && !shard.composer().add(Entry.encode(entry, frame, encoder))) {
                break;
            }
        }
        return at;
    }

    // --- by the clock

    private void sample(Subscription subscription) {
        if (subscription.state == Subscription.State.CLOSED) {
            return;
        }
        if (subscription.ready) {
            long head = shard.fanout().head();
            if (!find(subscription)) {
                subscription.seq = window.first();
            }
            Batch newest = subscription.seq <= head ? reader.newest(subscription, head) : null;
            if (newest != null) {
                shard.send(subscription, newest);
                shard.countWrites(newest, 1);
            }
        }
        shard.loop().schedule(() -> sample(subscription), Math.max(1, 1000 / subscription.slow.perSecond()));
    }

    private static Position cursor(Subscription subscription) {
        Position position = subscription.position;
        if (position == null) {
            throw new IllegalStateException("cursor: none (expected: every subscriber that is not live has one)");
        }
        return position;
    }
}
