package io.tidewire.log.sqlite;

import io.tidewire.log.Interest;
import io.tidewire.log.Read;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The ways to find the events of a page, in order. Owned by one {@link Reader}. */
final class EntryQueries {
    /*
     * A reader who wants some topics by name gets them from the index: each topic's list of numbers is in order, and SQLite merges ordered
     * lists of a `union ... order by` as it goes. Every list costs each row a comparison, so beyond a number of lists the plain walk
     * through everything is quicker.
     *
     * The columns are always number, time, body. The first three parameters of a list are its channel, `after` and `head`.
     */
    private static final int MAX_LISTS = 40;

    /** Events looked at for one page: some milliseconds, after which a transaction ends and lets the file be tidied. */
    private static final int MAX_SCAN = 2048;

    private static final String ALL =
            "select number, time, body from entry where number > ? and number <= ? order by number limit ?";

    private static final String LATEST =
            "select e.number, e.time, e.body from value v cross join entry e on e.number = v.last"
                    + " where v.last > ? and v.last <= ? order by v.last limit ?";

    private static final String LIST = "select number as n from posting where topic = ? and number > ? and number <= ?";

    /** The newest of a key may be gone, by the bounds of its topic. */
    private static final String LATEST_OF_CHANNEL =
            "select v.last as n from value v cross join entry e on e.number = v.last"
                    + " where v.channel = ? and v.last > ? and v.last <= ?";

    private static final String LATEST_OF_ALTERNATES =
            "select p.number as n from posting p cross join entry e on e.number ="
                    + " p.number cross join value v on v.id = e.value where p.topic = ? and p.number > ? and p.number <= ?"
                    + " and v.last = p.number";

    private final Connection connection;
    private final PreparedStatement selectChannel;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    EntryQueries(Connection connection) throws SQLException {
        this.connection = connection;
        selectChannel = connection.prepareStatement("select id from channel where name = ?");
    }

    /** A statement that is ready to run, and the most rows it gives: if it gives fewer there are no more before the head. */
    record Search(PreparedStatement statement, int most) {}

    /** {@return a search for the events of interest, and maybe others, in between} */
    Search find(Read request, long after, long head) throws SQLException {
        boolean latest = request.mode() == Read.Mode.LATEST;
        List<Long> channels = channels(request.interest());
        if (channels.isEmpty()) {
            PreparedStatement walk = statement(latest ? LATEST : ALL);
            walk.setLong(1, after);
            walk.setLong(2, head);
            walk.setInt(3, MAX_SCAN);
            return new Search(walk, MAX_SCAN);
        }
        int most = Math.min(MAX_SCAN, request.maxEvents());
        PreparedStatement merge = statement(merge(channels.size(), latest));
        int at = 0;
        for (long channel : channels) {
            for (long list : new long[] {channel, -channel}) {
                merge.setLong(++at, list);
                merge.setLong(++at, after);
                merge.setLong(++at, head);
            }
        }
        merge.setInt(++at, most);
        return new Search(merge, most);
    }

    private PreparedStatement statement(String sql) throws SQLException {
        PreparedStatement known = statements.get(sql);
        if (known == null) {
            known = connection.prepareStatement(sql);
            statements.put(sql, known);
        }
        return known;
    }

    private static String merge(int channels, boolean latest) {
        String both = latest ? LATEST_OF_CHANNEL + " union " + LATEST_OF_ALTERNATES : LIST + " union " + LIST;
        return "select e.number, e.time, e.body from ("
                + String.join(" union ", Collections.nCopies(channels, both))
                + " order by n limit ?) cross join entry e on e.number = n order by n";
    }

    /** {@return the channels to look into; none means all} */
    private List<Long> channels(Interest interest) throws SQLException {
        if (interest.anyTopic() || interest.topics().size() > MAX_LISTS) {
            return List.of();
        }
        List<Long> ids = new ArrayList<>();
        for (String topic : interest.topics()) {
            addChannel(Channel.ofTopic(topic), ids);
        }
        String user = interest.user();
        if (user != null) {
            addChannel(Channel.ofUser(user), ids);
        }
        addChannel(Channel.EVERYONE, ids);
        return ids.isEmpty() ? List.of(0L) : ids; // there is no channel 0: nothing is of interest
    }

    private void addChannel(String name, List<Long> ids) throws SQLException {
        selectChannel.setString(1, name);
        try (ResultSet row = selectChannel.executeQuery()) {
            if (row.next()) {
                ids.add(row.getLong(1));
            }
        }
    }
}
