package io.tidewire.hub;

import org.jspecify.annotations.Nullable;

/**
 * A timer wheel for connections' silence: who has not been written to for its interval is due. Owned by the shard's thread.
 *
 * <p>A write only notes the tick at which it happened. A connection is looked at when its old due time comes, and is put off if
 * something was written meanwhile: so a write costs one store, and a busy connection one look per interval.
 */
final class KeepAliveWheel {
    /** Called for a connection whose slot has come; answers the tick at which to look again, or -1 to forget it. */
    interface Due {
        int look(Subscription subscription, int tick);
    }

    private final @Nullable Subscription[] slots;
    private final Due due;
    private int tick;

    /** Creates a wheel on which one can look ahead up to {@code maxTicks}. */
    KeepAliveWheel(int maxTicks, Due due) {
        this.slots = new Subscription[Integer.highestOneBit(maxTicks) * 2];
        this.due = due;
    }

    int tick() {
        return tick;
    }

    /** Puts a connection where it will be looked at in that tick, or as far ahead as the wheel goes. */
    void add(Subscription subscription, int atTick) {
        int ahead = Math.max(1, Math.min(atTick - tick, slots.length - 1));
        int slot = (tick + ahead) & (slots.length - 1);
        Subscription first = slots[slot];
        subscription.wheelSlot = slot;
        subscription.wheelNext = first;
        subscription.wheelPrevious = null;
        if (first != null) {
            first.wheelPrevious = subscription;
        }
        slots[slot] = subscription;
    }

    void remove(Subscription subscription) {
        if (subscription.wheelSlot < 0) {
            return;
        }
        Subscription next = subscription.wheelNext;
        Subscription previous = subscription.wheelPrevious;
        if (next != null) {
            next.wheelPrevious = previous;
        }
        if (previous != null) {
            previous.wheelNext = next;
        } else {
            slots[subscription.wheelSlot] = next;
        }
        subscription.wheelNext = null;
        subscription.wheelPrevious = null;
        subscription.wheelSlot = -1;
    }

    /** Moves on by one tick and looks at everyone whose time has come. */
    void advance() {
        tick++;
        int slot = tick & (slots.length - 1);
        // Everyone looked at leaves the slot first, and none is put back into it: ahead is never 0 nor a whole turn.
        for (Subscription s = slots[slot]; s != null; s = slots[slot]) {
            remove(s);
            int again = due.look(s, tick);
            if (again >= 0) {
                add(s, again);
            }
        }
    }
}
