package io.tidewire.hub;

import io.tidewire.log.Audience;
import io.tidewire.log.Update;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Composes what one subscriber wants of the window, from its cursor on. Owned by the shard's thread.
 *
 * <p>After a mass reconnect many subscribers of a lane stand at the same place; the batch that was composed for the first one serves
 * them all.
 */
final class WindowReader {
    private final Shard shard;
    private final Window window;
    /** What the composer holds, for as long as its serial is still this one. */
    private @Nullable Lane composedLane;

    private long composedSerial;
    private long composedFrom;
    private long composedHead;
    private @Nullable Entry composedLast;
    private boolean personal;

    WindowReader(Shard shard, Window window) {
        this.shard = shard;
        this.window = window;
    }

    /**
     * Composes the next batch and moves the subscriber's cursor behind it.
     *
     * @return null if nothing between the cursor and the head is for it, or the window was cut meanwhile
     */
    @Nullable
    Batch fill(Subscription subscription, long head) {
        BatchComposer composer = shard.composer();
        Entry last = composedLast;
        if (last == null || !holds(composer, subscription, head)) {
            last = compose(composer, subscription, head);
            if (last == null) {
                return null;
            }
        }
        subscription.seq = last.seq() + 1;
        subscription.position = last.position();
        return composer.isEmpty() ? null : composer.batch();
    }

    private boolean holds(BatchComposer composer, Subscription subscription, long head) {
        return composer.serial() == composedSerial
                && composedLane == subscription.lane
                && composedFrom == subscription.seq
                && composedHead == head
                && !personal
                && !subscription.conflates();
    }

    /** {@return the last entry that was looked at, or null if there was none to look at} */
    private @Nullable Entry compose(BatchComposer composer, Subscription subscription, long head) {
        FrameStyle frame = subscription.lane.key().frame();
        Map<ValueKey, Long> newest = subscription.conflates() ? newestOf(subscription, head) : Map.of();
        composer.begin();
        personal = subscription.conflates();
        Entry last = null;
        for (long seq = subscription.seq; seq < head; seq++) {
            Entry entry = window.get(seq);
            if (entry == null) {
                break;
            }
            Update update = entry.update();
            personal |= !(update.audience() instanceof Audience.Topics)
                    && !(update.audience() instanceof Audience.Everyone);
            if (subscription.sees(update) && !isSuperseded(newest, entry) && !composer.add(entry.frame(frame))) {
                break;
            }
            last = entry;
        }
        composedSerial = composer.serial();
        composedLane = subscription.lane;
        composedFrom = subscription.seq;
        composedHead = head;
        composedLast = last;
        return last;
    }

    /** Composes only the newest event that the subscriber sees, and moves its cursor to the head. */
    @Nullable
    Batch newest(Subscription subscription, long head) {
        Entry found = null;
        for (long seq = head - 1; seq >= subscription.seq && found == null; seq--) {
            Entry entry = window.get(seq);
            if (entry == null) {
                break;
            }
            if (subscription.sees(entry.update())) {
                found = entry;
            }
        }
        subscription.seq = head;
        subscription.position = shard.fanout().position();
        if (found == null) {
            return null;
        }
        shard.composer().begin();
        shard.composer().add(found.frame(subscription.lane.key().frame()));
        return shard.composer().batch();
    }

    private Map<ValueKey, Long> newestOf(Subscription subscription, long head) {
        Map<ValueKey, Long> newest = new HashMap<>();
        for (long seq = subscription.seq; seq < head; seq++) {
            Entry entry = window.get(seq);
            if (entry != null && subscription.sees(entry.update())) {
                newest.put(ValueKey.of(entry.update()), seq);
            }
        }
        return newest;
    }

    private static boolean isSuperseded(Map<ValueKey, Long> newest, Entry entry) {
        if (newest.isEmpty()) {
            return false;
        }
        Long seq = newest.get(ValueKey.of(entry.update()));
        return seq != null && seq > entry.seq();
    }

    /** What "the latest" goes by. */
    private record ValueKey(String channel, @Nullable String key) {
        static ValueKey of(Update update) {
            return new ValueKey(update.audience().channel(), update.key());
        }
    }
}
