package io.tidewire.log.sqlite;

import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.Creation;
import io.tidewire.stream.Producer;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamChange;
import io.tidewire.stream.StreamLimits;
import io.tidewire.stream.StreamSpec;
import io.tidewire.stream.StreamState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one transaction after the other does to the streams. Owned by the writer. */
final class StreamLedger {
    /*
     * Appends are judged in memory (StreamState) and gathered: all that a transaction adds to a stream is written at its end, as one row
     * of messages and one row of the stream. So the fuller the groups are, the less is written for each message.
     *
     * Deletion frees the name; what the stream had is deleted by trim(). A stream's "expires" is when to look at it: using it does not
     * move that, looking does.
     */

    private final StreamLimits limits;
    private final LiveStreams live;
    private final Uses uses;
    private final StreamTables tables;
    private final DeletedStreams garbage;
    private final PreparedStatement begin;
    private final PreparedStatement commit;
    private final Set<LiveStream> touched = new LinkedHashSet<>();
    private final Set<String> deleted = new LinkedHashSet<>();
    private List<StreamChange> changes = new ArrayList<>();
    private long nowMillis;
    private boolean hasGarbage = true;

    StreamLedger(Connection connection, StreamLimits limits, LiveStreams live, Uses uses) throws SQLException {
        this.limits = limits;
        this.live = live;
        this.uses = uses;
        tables = new StreamTables(connection);
        garbage = new DeletedStreams(connection);
        begin = connection.prepareStatement("begin immediate");
        commit = connection.prepareStatement("commit");
        live.clear();
    }

    void begin(long atMillis) throws SQLException {
        nowMillis = atMillis;
        begin.executeUpdate();
    }

    /** Writes and commits, and shows it to readers; {@return what has changed, for the listener}. */
    List<StreamChange> commit() throws SQLException {
        for (LiveStream stream : touched) {
            StreamRow row = stream.row();
            tables.update(row);
            tables.add(row.id(), row.tail() - stream.pending().size(), stream.pending());
            for (Producer producer : stream.changedProducers()) {
                tables.put(row.id(), producer);
            }
        }
        commit.executeUpdate();
        deleted.forEach(live::publishDeleted);
        for (LiveStream stream : touched) {
            live.publish(stream);
            live.forgetIfLarge(stream);
        }
        live.shrink();
        touched.clear();
        deleted.clear();
        List<StreamChange> told = changes;
        changes = new ArrayList<>();
        return told;
    }

    // --- what is asked of it; what throws LogException.Full has changed nothing

    Creation create(String name, StreamSpec spec, StreamAppend first) throws SQLException {
        LiveStream there = find(name);
        if (there != null) {
            return new Creation(false, uses.applyTo(there.row()).info());
        }
        limits.requireRoom(name, 0, first.bytes());
        LiveStream stream = new LiveStream(tables.insert(name, spec, nowMillis));
        live.put(stream);
        take(stream, first);
        return new Creation(true, stream.row().info());
    }

    AppendOutcome append(String name, StreamAppend append) throws SQLException {
        LiveStream stream = find(name);
        if (stream == null) {
            return AppendOutcome.noStream();
        }
        Producer by = append.producer();
        if (by != null && stream.state.progress(by.id()) == null) {
            StreamState.Progress progress = tables.progress(stream.id(), by.id());
            if (progress != null) {
                stream.state.learn(by.id(), progress);
            }
        }
        AppendOutcome judged = stream.state.judge(append);
        if (judged.kind() != AppendOutcome.Kind.APPENDED) {
            uses.note(name, nowMillis);
            return judged;
        }
        limits.requireRoom(name, stream.bytes(), append.bytes());
        return take(stream, append);
    }

    private AppendOutcome take(LiveStream stream, StreamAppend append) {
        AppendOutcome outcome = stream.state.apply(append);
        stream.add(append.messages(), append.bytes());
        stream.used(nowMillis);
        Producer by = append.producer();
        if (by != null) {
            stream.changed(by);
        }
        touched.add(stream);
        if (append.close() || !append.messages().isEmpty()) {
            tell(stream, stream.state.isClosed() ? StreamChange.State.CLOSED : StreamChange.State.OPEN);
        }
        return outcome;
    }

    boolean delete(String name) throws SQLException {
        LiveStream stream = find(name);
        if (stream != null) {
            drop(stream);
        }
        return stream != null;
    }

    private void tell(LiveStream stream, StreamChange.State state) {
        changes.add(new StreamChange(stream.name(), stream.state.tail(), state));
    }

    /** {@return the stream, or null if there is none} One that has expired is dropped here. */
    private @Nullable LiveStream find(String name) throws SQLException {
        LiveStream stream = load(name);
        if (stream != null && uses.applyTo(stream.row()).isExpired(nowMillis)) {
            drop(stream);
            return null;
        }
        return stream;
    }

    private @Nullable LiveStream load(String name) throws SQLException {
        LiveStream stream = live.find(name);
        if (stream == null) {
            StreamRow row = tables.find(name);
            if (row != null) {
                stream = new LiveStream(row);
                live.put(stream);
            }
        }
        return stream;
    }

    private void drop(LiveStream stream) throws SQLException {
        tables.markDeleted(stream.id());
        touched.remove(stream); // its messages are nobody's
        live.remove(stream);
        deleted.add(stream.name());
        hasGarbage = true;
        tell(stream, StreamChange.State.GONE);
    }

    // --- what can wait; each within a transaction of its own

    /** Drops streams that have expired; {@return whether there may be more}. */
    boolean expire(int most) throws SQLException {
        List<String> due = tables.due(nowMillis, most);
        for (String name : due) {
            LiveStream stream = find(name);
            if (stream != null) {
                tables.postpone(uses.applyTo(stream.row()));
            }
        }
        return due.size() == most;
    }

    /** Writes down when streams were read. */
    void note(Map<String, Long> millisByName) throws SQLException {
        for (Map.Entry<String, Long> use : millisByName.entrySet()) {
            LiveStream stream = live.find(use.getKey());
            if (stream == null) {
                tables.noteUse(use.getKey(), use.getValue());
            } else {
                stream.used(use.getValue());
                touched.add(stream);
            }
        }
    }

    /** {@return whether there may be something to trim} */
    boolean hasGarbage() {
        return hasGarbage;
    }

    /** Deletes some of what deleted streams had. */
    void trim() throws SQLException {
        hasGarbage = garbage.trim();
    }
}
