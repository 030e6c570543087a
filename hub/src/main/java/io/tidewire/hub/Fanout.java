package io.tidewire.hub;

import io.tidewire.log.Audience;
import io.tidewire.log.Position;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Live delivery within one shard: from the window to the members of the lanes. Owned by the shard's thread. */
final class Fanout {
    /** After so many entries others get the thread: connections are accepted and read between the turns of a long drain. */
    private static final int MAX_ENTRIES_PER_TURN = 4096;

    private final Shard shard;
    private final Window window;
    private final CatchUp catchUp;
    private final Lanes lanes = new Lanes();
    private final List<Lane> touched = new ArrayList<>();
    private final List<Subscription> steppedOut = new ArrayList<>();
    private long head;
    private Position position;
    private boolean draining;

    Fanout(Shard shard, Window window, CatchUp catchUp) {
        this.shard = shard;
        this.window = window;
        this.catchUp = catchUp;
        // The position is read first: if an entry comes in between, it is delivered by a number the position has not
        // seen, never skipped.
        this.position = window.headPosition();
        this.head = Math.max(0, window.head());
        Entry last = window.get(head - 1);
        if (last != null) {
            this.position = last.position();
        }
    }

    Lanes lanes() {
        return lanes;
    }

    /** {@return the number of the next entry that the lanes will see} */
    long head() {
        return head;
    }

    /** {@return the cursor of every live member} */
    Position position() {
        return position;
    }

    /** Delivers all that is new. */
    void drain() {
        if (draining) {
            return; // a callback asked; the drain below it goes on
        }
        draining = true;
        try {
            long target = window.head();
            if (target - head > MAX_ENTRIES_PER_TURN) {
                target = head + MAX_ENTRIES_PER_TURN;
                shard.wake();
            }
            if (head < target) {
                deliver(target);
            }
        } finally {
            draining = false;
        }
        catchUp.headMoved();
    }

    private void deliver(long target) {
        Entry last = null;
        for (long seq = head; seq < target; seq++) {
            Entry entry = window.get(seq);
            if (entry == null) {
                overrun(last);
                return;
            }
            route(entry);
            last = entry;
        }
        if (last != null) {
            flush(target, last);
        }
        resumeSteppedOut();
    }

    /** The window was cut before we came to it: everyone goes by their cursor, and whoever is cut off there is told. */
    private void overrun(@Nullable Entry last) {
        if (last != null) {
            flush(last.seq() + 1, last);
        }
        for (Lane lane : lanes.all()) {
            for (int i = lane.memberCount() - 1; i >= 0; i--) {
                stepOutForNow(lane.member(i));
            }
        }
        Window.Hole hole = window.latestHole();
        if (hole != null && hole.seq() > head) {
            head = hole.seq();
            position = hole.position();
        } else {
            Entry oldest = null;
            while (oldest == null) {
                oldest = window.get(window.first());
            }
            head = oldest.seq();
            position = oldest.before();
        }
        resumeSteppedOut();
        shard.wake();
    }

    private void route(Entry entry) {
        Audience audience = entry.update().audience();
        if (audience instanceof Audience.Topics topics) {
            for (String topic : topics.names()) {
                touch(lanes.naming(topic), entry, topics);
                touch(lanes.matching(topic), entry, topics);
            }
        } else if (audience instanceof Audience.Everyone) {
            for (Lane lane : lanes.all()) {
                enqueue(lane, entry);
            }
        } else {
            stepOutAddressed(audience);
        }
    }

    private void touch(List<Lane> seeing, Entry entry, Audience.Topics topics) {
        for (int i = 0; i < seeing.size(); i++) {
            Lane lane = seeing.get(i);
            if (lane.key().permits(entry.update(), topics)) {
                enqueue(lane, entry);
            }
        }
    }

    private void enqueue(Lane lane, Entry entry) {
        if (lane.memberCount() > 0 && lane.enqueue(entry)) {
            touched.add(lane);
        }
    }

    /** Who gets something for itself alone leaves its lane before this drain's batch, and comes back after it. */
    private void stepOutAddressed(Audience audience) {
        if (audience instanceof Audience.User user) {
            for (Subscription subscription : shard.connections().ofUser(user.name())) {
                stepOutForNow(subscription);
            }
        } else if (audience instanceof Audience.Connection connection) {
            Subscription subscription = shard.connections().find(connection.id());
            if (subscription != null) {
                stepOutForNow(subscription);
            }
        }
    }

    private void stepOutForNow(Subscription subscription) {
        if (subscription.shard == shard && subscription.state == Subscription.State.LIVE) {
            leave(subscription, head, position);
            steppedOut.add(subscription);
        }
    }

    private void flush(long target, Entry last) {
        for (int i = 0; i < touched.size(); i++) {
            Lane lane = touched.get(i);
            flush(lane);
            lane.pending().clear();
        }
        touched.clear();
        head = target;
        position = last.position();
    }

    private void flush(Lane lane) {
        List<Entry> pending = lane.pending();
        BatchComposer composer = shard.composer();
        FrameStyle frame = lane.key().frame();
        int next = 0;
        while (next < pending.size()) {
            composer.begin();
            while (next < pending.size() && composer.add(pending.get(next).frame(frame))) {
                next++;
            }
            write(lane, composer.batch(), pending.get(next - 1));
        }
    }

    private void write(Lane lane, Batch batch, Entry last) {
        int members = lane.memberCount();
        for (int i = members - 1; i >= 0; i--) {
            Subscription member = lane.member(i);
            if (!shard.send(member, batch) && member.state == Subscription.State.LIVE) {
                fellBehind(member, last);
            }
        }
        shard.countWrites(batch, members);
    }

    private void fellBehind(Subscription member, Entry last) {
        shard.counters().add(HubCounter.FELL_BEHIND, 1);
        member.behind = true;
        leave(member, last.seq() + 1, last.position());
    }

    private void resumeSteppedOut() {
        for (int i = 0; i < steppedOut.size(); i++) {
            catchUp.pump(steppedOut.get(i));
        }
        steppedOut.clear();
    }

    /** A live member's outlet became full by something other than an event. */
    void stepOut(Subscription subscription) {
        leave(subscription, head, position);
    }

    private void leave(Subscription subscription, long seq, Position cursor) {
        subscription.lane.leave(subscription);
        subscription.state = Subscription.State.CATCHING_UP;
        subscription.seq = seq;
        subscription.position = cursor;
    }

    /** One that has caught up becomes a member of its lane. */
    void join(Subscription subscription) {
        subscription.state = Subscription.State.LIVE;
        subscription.position = null;
        subscription.behind = false;
        subscription.lane.join(subscription);
    }

    void forget(Subscription subscription) {
        if (subscription.state == Subscription.State.LIVE) {
            subscription.lane.leave(subscription);
        }
    }
}
