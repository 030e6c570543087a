package io.tidewire.log.sqlite;

import io.tidewire.log.Gap;
import io.tidewire.log.Interest;
import io.tidewire.log.LogEntry;
import io.tidewire.log.NumberedPosition;
import io.tidewire.log.Page;
import io.tidewire.log.Read;
import io.tidewire.log.Resolution;
import io.tidewire.log.Retention;
import io.tidewire.log.Update;
import io.tidewire.log.UpdateCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads by a connection of its own. Used by one thread at a time. */
final class Reader implements ReaderPool.Closing {
    private final Connection connection;
    private final String epoch;
    private final Retention retention;
    private final UpdateCodec codec = new UpdateCodec();
    private final Snapshot snapshot;
    private final Floor floor;
    private final TopicCuts topicCuts;
    private final EntryQueries queries;
    private final PreparedStatement selectOwn;
    private final PreparedStatement selectCutId;

    Reader(Connection connection, String epoch, Retention retention) throws SQLException {
        this.connection = connection;
        this.epoch = epoch;
        this.retention = retention;
        snapshot = new Snapshot(connection, retention);
        floor = new Floor(connection, retention);
        topicCuts = new TopicCuts(connection, retention);
        queries = new EntryQueries(connection);
        selectOwn = connection.prepareStatement(
                "select number, time, body from entry where own = ? and number > ? and number <= ? order by number");
        selectCutId = connection.prepareStatement("select min(number) from cut_id where own = ? and number > ?");
    }

    // Each of the three in one transaction, so that all of its queries see the same.

    Page page(Read request, NumberedPosition after, View published, long nowMillis) throws SQLException {
        View view = snapshot.begin(published);
        Page page = readPage(request, after, view, nowMillis);
        snapshot.end();
        return page;
    }

    Resolution resolve(String id, Interest interest, View published, long nowMillis) throws SQLException {
        View view = snapshot.begin(published);
        Resolution resolution = find(id, interest, view, nowMillis);
        snapshot.end();
        return resolution;
    }

    Resolution earliest(View published, long nowMillis) throws SQLException {
        View view = snapshot.begin(published);
        NumberedPosition place = new NumberedPosition(epoch, floor.at(view, nowMillis), view.head());
        snapshot.end();
        return new Resolution(place, null);
    }

    private Page readPage(Read request, NumberedPosition after, View view, long nowMillis) throws SQLException {
        long oldest = floor.at(view, nowMillis);
        long from = Math.max(after.number(), oldest);
        long cut = topicCuts.cutUpTo(request.interest(), from, view, nowMillis);
        Gap gap = gap(after, after.token(), oldest, cut);
        Cursor cursor = new Cursor(request, view, nowMillis, from, Math.max(after.toldUpTo(), cut));
        cursor.read();
        return new Page(cursor.found, cursor.place(cursor.end), cursor.end >= view.head(), gap);
    }

    /** {@return what is missing after the cursor and was not told yet, or null} */
    private @Nullable Gap gap(NumberedPosition after, String from, long oldest, long cut) {
        if (after.number() < oldest) {
            // Numbers count events if nothing is ever cut but the oldest.
            long missed = retention.topics().isEmpty() ? oldest - after.number() : Gap.UNKNOWN;
            return new Gap(from, new NumberedPosition(epoch, oldest).token(), missed);
        }
        boolean isNew = cut > Math.max(after.number(), after.toldUpTo());
        return isNew ? new Gap(from, new NumberedPosition(epoch, after.number()).token(), Gap.UNKNOWN) : null;
    }

    private Resolution find(String id, Interest interest, View view, long nowMillis) throws SQLException {
        long oldest = floor.at(view, nowMillis);
        long number = numberOfOwnId(id, oldest, view, nowMillis);
        if (number < 0) {
            number = NumberedPosition.parse(id, epoch);
        }
        if (number < 0 || number > view.head()) {
            NumberedPosition start = new NumberedPosition(epoch, oldest, view.head());
            return new Resolution(start, new Gap(id, start.token(), Gap.UNKNOWN));
        }
        NumberedPosition place = new NumberedPosition(epoch, number);
        long from = Math.max(number, oldest);
        long cut = topicCuts.cutUpTo(interest, from, view, nowMillis);
        return new Resolution(new NumberedPosition(epoch, from, cut), gap(place, id, oldest, cut));
    }

    private long numberOfOwnId(String id, long oldest, View view, long nowMillis) throws SQLException {
        if (id.length() > Update.MAX_ID_LENGTH || id.startsWith("#")) {
            return -1;
        }
        selectOwn.setString(1, id);
        selectOwn.setLong(2, oldest);
        selectOwn.setLong(3, view.head());
        long expired = -1;
        try (ResultSet row = selectOwn.executeQuery()) {
            while (row.next()) {
                if (!topicCuts.isExpired(codec.decode(row.getBytes(3)), row.getLong(2), view, nowMillis)) {
                    return row.getLong(1);
                }
                expired = expired < 0 ? row.getLong(1) : expired;
            }
        }
        long cut = numberOfCutId(id, oldest);
        return expired < 0 || (cut >= 0 && cut < expired) ? cut : expired;
    }

    private long numberOfCutId(String id, long oldest) throws SQLException {
        selectCutId.setString(1, id);
        selectCutId.setLong(2, oldest);
        try (ResultSet row = selectCutId.executeQuery()) {
            return row.next() && row.getLong(1) > 0 ? row.getLong(1) : -1;
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    /** One page being read. */
    private final class Cursor {
        private final Read request;
        private final View view;
        private final long nowMillis;
        private final long toldUpTo;
        private final List<LogEntry> found = new ArrayList<>();
        private long end;

        Cursor(Read request, View view, long nowMillis, long from, long toldUpTo) {
            this.request = request;
            this.view = view;
            this.nowMillis = nowMillis;
            this.toldUpTo = toldUpTo;
            this.end = from;
        }

        void read() throws SQLException {
            if (end >= view.head()) {
                return;
            }
            // What does not belong to the page may stand among what is found, so it is not the query that counts.
            EntryQueries.Search search = queries.find(request, end, view);
            long bytes = 0;
            int looked = 0;
            try (ResultSet row = search.statement().executeQuery()) {
                while (found.size() < request.maxEvents() && bytes < request.maxBytes()) {
                    if (!row.next()) {
                        end = looked < search.most() ? search.last() : end;
                        return;
                    }
                    looked++;
                    end = row.getLong(1);
                    bytes += take(row);
                }
            }
        }

        private int take(ResultSet row) throws SQLException {
            Update update = codec.decode(row.getBytes(3));
            boolean isWanted = request.interest().includes(update.audience())
                    && !topicCuts.isExpired(update, row.getLong(2), view, nowMillis);
            if (isWanted) {
                found.add(new LogEntry(place(end), update, row.getLong(2)));
            }
            return isWanted ? update.data().length() : 0;
        }

        NumberedPosition place(long number) {
            return new NumberedPosition(epoch, number, toldUpTo);
        }
    }
}
