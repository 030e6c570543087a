package io.tidewire.log.sqlite;

import io.tidewire.log.Follower;
import io.tidewire.log.LogEntry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What everybody may see, and those who are handed what is new. Published to by the writer; read by any thread. */
final class Followers {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteLog.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Follower> followers = new CopyOnWriteArrayList<>();
    /** Changed under the lock, so that a follower is there from exactly one head on. */
    private volatile View view;

    private boolean failed; // by the writer only

    Followers(View view) {
        this.view = view;
    }

    View view() {
        return view;
    }

    /** {@return the view from whose head it follows} */
    View add(Follower follower) {
        lock.lock();
        try {
            followers.add(follower);
            return view;
        } finally {
            lock.unlock();
        }
    }

    /** Shows what was committed, then hands it to those who were following before. By the writer only. */
    void publish(View next, List<LogEntry> fresh) {
        List<Follower> before;
        lock.lock();
        try {
            view = next;
            before = List.copyOf(followers);
        } finally {
            lock.unlock();
        }
        if (!fresh.isEmpty()) {
            for (Follower follower : before) {
                hand(follower, fresh);
            }
        }
    }

    private void hand(Follower follower, List<LogEntry> fresh) {
        try {
            follower.entries(fresh);
        } catch (RuntimeException e) {
            if (!failed) {
                failed = true;
                LOG.error("A follower of the log threw; it has missed events, and further failures are not told", e);
            }
        }
    }

    void close() {
        followers.clear();
    }
}
