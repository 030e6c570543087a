package io.tidewire.log.redis;

import io.tidewire.log.Follower;
import io.tidewire.log.LogEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who follows, each from the head that it was told. Safe for any thread; entries are handed over by one at a time. */
final class Followers {
    /*
     * The head is the newest entry that this hub knows of: by an append of its own or by the tail. A follower that joins begins there. The
     * tail raises the head and takes the list of followers in one step, so one who joins is either in that list, or begins after
     * what is handed to it.
     */

    private static final Logger LOG = LoggerFactory.getLogger(Followers.class);

    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by the lock.
    private final List<Member> members = new ArrayList<>();
    private StreamPosition head = StreamPosition.of(0, 0);
    private boolean closed;

    private record Member(long after, Follower target) {}

    /** {@return the newest entry that this hub knows of} */
    StreamPosition head() {
        lock.lock();
        try {
            return head;
        } finally {
            lock.unlock();
        }
    }

    /** Moves the head on, if it is not there yet; {@return where it was}. */
    StreamPosition raise(StreamPosition position) {
        lock.lock();
        try {
            StreamPosition before = head;
            if (position.number() > head.number() || head.epoch() == 0) {
                head = position;
            }
            return before;
        } finally {
            lock.unlock();
        }
    }

    /** Gives the head another epoch. */
    void enter(long epoch) {
        lock.lock();
        try {
            head = StreamPosition.of(epoch, head.number());
        } finally {
            lock.unlock();
        }
    }

    /** {@return from where this one follows} */
    StreamPosition add(Follower target) {
        lock.lock();
        try {
            if (!closed) {
                members.add(new Member(head.number(), target));
            }
            return head;
        } finally {
            lock.unlock();
        }
    }

    /** Hands entries to all, each what comes after its beginning. */
    void hand(List<LogEntry> entries) {
        StreamPosition newest = (StreamPosition) entries.get(entries.size() - 1).position();
        for (Member member : membersAt(newest)) {
            int from = 0;
            while (from < entries.size()
                    && ((StreamPosition) entries.get(from).position()).number() <= member.after()) {
                from++;
            }
            if (from < entries.size()) {
                List<LogEntry> fresh = entries.subList(from, entries.size());
                tell(() -> member.target().entries(fresh));
            }
        }
    }

    /** Tells all that something is missing before what they are handed next, which comes after {@code from}. */
    void cutOff(StreamPosition from) {
        for (Member member : membersAt(from)) {
            if (member.after() < from.number()) {
                tell(() -> member.target().cutOff(from));
            }
        }
    }

    private List<Member> membersAt(StreamPosition newest) {
        lock.lock();
        try {
            raise(newest);
            return List.copyOf(members);
        } finally {
            lock.unlock();
        }
    }

    private static void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.error("A follower of the log failed, and has lost what it was handed; please report it", e);
        }
    }

    /** Hands nothing to anybody any more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            members.clear();
        } finally {
            lock.unlock();
        }
    }
}
