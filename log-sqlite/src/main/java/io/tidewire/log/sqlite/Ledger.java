package io.tidewire.log.sqlite;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Audience;
import io.tidewire.log.LogEntry;
import io.tidewire.log.NumberedPosition;
import io.tidewire.log.Retention;
import io.tidewire.log.Update;
import io.tidewire.log.UpdateCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one transaction after the other does to the tables. Owned by the writer. */
final class Ledger {
    /** What an event takes beside its body, with its places in the indexes, roughly. */
    private static final int OVERHEAD_BYTES = 150;

    private static final int ALTERNATE_BYTES = 40;

    /**
     * Each event of another topic changes another page of the index: for a thousand topics that is twenty times what the event itself takes.
     * So the index is brought up to date for many events at a time; readers walk through those that are not in it yet.
     */
    private static final int INDEX_EVERY = 8192;

    private final UpdateCodec codec = new UpdateCodec();
    private final Retention retention;
    private final State state;
    private final Channels channels;
    private final Values values;
    private final Entries entries;
    private final Oldest oldest;
    private final UsedKeys keys;
    private final LogBounds bounds;
    private final TopicBounds topicBounds;
    private final Trimmer trimmer;
    private final PreparedStatement begin;
    private final PreparedStatement commit;
    private final PreparedStatement selectSince;
    private final NextExpiry nextExpiry;
    private View view = new View(0, 0, Long.MAX_VALUE, 0, 0, Long.MAX_VALUE);

    /** Takes over the database and applies bounds that were changed since the last run. */
    Ledger(Connection connection, Retention retention) throws SQLException {
        this.retention = retention;
        state = new State(connection);
        channels = new Channels(connection, retention);
        values = new Values(connection);
        entries = new Entries(connection);
        oldest = new Oldest(connection, state);
        keys = new UsedKeys(connection, state);
        bounds = new LogBounds(connection, retention, state, oldest, channels);
        topicBounds = new TopicBounds(connection, state, channels, values, entries, oldest);
        trimmer = new Trimmer(connection, state, channels, values, entries, topicBounds);
        begin = connection.prepareStatement("begin immediate");
        commit = connection.prepareStatement("commit");
        selectSince =
                connection.prepareStatement("select number, time, body from entry where number > ? order by number");
        nextExpiry = new NextExpiry(connection, retention);
        begin();
        index(0); // bounds that are new go by it
        applyChanges(connection);
        view = commit();
    }

    private void applyChanges(Connection connection) throws SQLException {
        long floor = state.floor;
        bounds.settle();
        int rules = retention.topics().isEmpty()
                ? 0
                : retention.topics().stream().map(TopicBounds::digest).toList().hashCode();
        if (state.rules != rules || state.floor != floor) {
            state.rules = rules;
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("update channel set rule = 0 where rule <> 0");
            }
        }
    }

    String epoch() {
        return state.epoch;
    }

    void begin() throws SQLException {
        begin.executeUpdate();
    }

    /** Cuts what is too old now, but not more than takes some milliseconds. Before an append, which might replace it. */
    void cutExpired(long nowMillis, int most) throws SQLException {
        if (view.expiresMillis() < nowMillis) {
            topicBounds.sweep(nowMillis);
        }
        bounds.cutExpired(nowMillis, most);
    }

    /** Writes what has changed, and commits; {@return what readers may see from now on}. */
    View commit() throws SQLException {
        index(INDEX_EVERY);
        channels.flush();
        values.flush();
        state.flush();
        View committed = view(); // before: what fails after a commit would be told as a failure of what succeeded
        commit.executeUpdate();
        view = committed;
        return committed;
    }

    /** Brings the index up to date, if it is behind by so many events. */
    private void index(long least) throws SQLException {
        if (state.head - state.indexed > least) {
            entries.indexAfter(Math.max(state.indexed, state.floor));
            state.indexed = state.head;
        }
    }

    /** {@return the events after this number} */
    List<LogEntry> since(long number) throws SQLException {
        List<LogEntry> entries = new ArrayList<>();
        if (number < state.head) {
            selectSince.setLong(1, number);
            try (ResultSet row = selectSince.executeQuery()) {
                while (row.next()) {
                    NumberedPosition place = new NumberedPosition(state.epoch, row.getLong(1));
                    entries.add(new LogEntry(place, codec.decode(row.getBytes(3)), row.getLong(2)));
                }
            }
        }
        return entries;
    }

    /** {@return what readers may see} */
    View committed() {
        return view;
    }

    private View view() throws SQLException {
        Oldest.Row row = oldest.peek();
        long oldestMillis = row == null ? Long.MAX_VALUE : row.timeMillis();
        return new View(state.head, state.floor, oldestMillis, state.cut, state.indexed, nextExpiry.millis());
    }

    /** Appends one batch; what came to be is added to {@code fresh}. */
    List<AppendResult> append(Waiting waiting, long nowMillis, List<LogEntry> fresh) throws SQLException {
        List<AppendResult> results = new ArrayList<>(waiting.batch().size());
        for (int i = 0; i < waiting.batch().size(); i++) {
            results.add(append(waiting.batch().get(i), waiting.bodies().get(i), nowMillis, fresh));
        }
        return results;
    }

    /** Cuts what the appends of this transaction pushed out. */
    void cutExcess() throws SQLException {
        bounds.cutExcess();
    }

    private AppendResult append(Append request, byte[] body, long nowMillis, List<LogEntry> fresh) throws SQLException {
        String key = request.idempotencyKey();
        if (key != null) {
            String first = keys.find(key, nowMillis);
            if (first != null) {
                return new AppendResult(AppendResult.Outcome.DUPLICATE, first);
            }
        }
        Update update = request.update();
        String expected = request.expectedLast();
        if (expected != null) {
            String actual = lastId(update.audience(), nowMillis);
            // Not the other way round: a publisher's own id may be the word that says there is none.
            boolean met = expected.equals(Append.NOTHING) ? actual == null : expected.equals(actual);
            if (!met) {
                return new AppendResult(AppendResult.Outcome.CONFLICT, actual);
            }
        }
        long number = ++state.head;
        insert(number, update, body, nowMillis);
        if (key != null) {
            keys.remember(key, number, update.id(), nowMillis);
        }
        LogEntry entry = new LogEntry(new NumberedPosition(state.epoch, number), update, nowMillis);
        fresh.add(entry);
        return new AppendResult(AppendResult.Outcome.APPENDED, entry.id());
    }

    private void insert(long number, Update update, byte[] body, long nowMillis) throws SQLException {
        Channel channel = channels.get(Channel.nameOf(update.audience()));
        long[] alternates = alternates(update.audience(), number);
        Values.Value value = values.get(channel.id, update.key());
        long weight = (long) OVERHEAD_BYTES + body.length + (long) ALTERNATE_BYTES * alternates.length;
        Entries.Row row = new Entries.Row(number, nowMillis, weight, update.id(), alternates, channel.id);
        entries.insert(row, value.id, body);
        if (channel.bounds != null) {
            entries.index(row); // its bounds go by the index
        }
        channel.used = number;
        channel.last = number;
        channels.changed(channel);
        long replaced = values.moveTo(value, number);
        state.events++;
        state.bytes += weight;
        topicBounds.added(channel, row, replaced);
    }

    private long[] alternates(Audience audience, long number) throws SQLException {
        List<String> names = List.of();
        if (audience instanceof Audience.Topics topics && topics.names().size() > 1) {
            names = topics.names().stream().skip(1).map(Channel::ofTopic).toList();
        } else if (audience instanceof Audience.Connection) {
            names = List.of(Channel.EVERYONE);
        }
        long[] ids = new long[names.size()];
        for (int i = 0; i < ids.length; i++) {
            Channel channel = channels.get(names.get(i));
            channel.used = number;
            channels.changed(channel);
            ids[i] = channel.id;
        }
        return ids;
    }

    private @Nullable String lastId(Audience audience, long nowMillis) throws SQLException {
        Channel channel = channels.find(Channel.nameOf(audience));
        if (channel == null || channel.last <= state.floor) {
            return null;
        }
        Entries.Row row = entries.find(channel.last);
        if (row == null || row.timeMillis() < nowMillis - LogBounds.maxAgeMillis(retention)) {
            return null;
        }
        long expiry = channel.bounds == null ? 0 : TopicBounds.expiry(channel.bounds, row.timeMillis());
        if (expiry != 0 && expiry < nowMillis) {
            return null;
        }
        return row.own() != null ? row.own() : new NumberedPosition(state.epoch, row.number()).token();
    }

    /** {@return whether something waits to be deleted} */
    boolean hasGarbage() {
        return trimmer.hasGarbage();
    }

    /** Deletes some of what was cut, in a transaction of its own. */
    void trim(int most) throws SQLException {
        begin();
        trimmer.trim(most);
        commit();
    }

    /** Looks for what has become too old or useless, in a transaction of its own; {@return whether there may be more}. */
    boolean sweep(long nowMillis, int most) throws SQLException {
        begin();
        boolean more = !retention.topics().isEmpty() && topicBounds.sweep(nowMillis);
        more |= bounds.cutExpired(nowMillis, most);
        more |= keys.trim(nowMillis, most) == most;
        trimmer.walk();
        commit();
        return more;
    }
}
