package io.tidewire.log.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which rows have ids of their publishers. Guarded by its log's lock. */
final class OwnIds {
    /** Those who saw last what was replaced meanwhile are a moment behind, not a day. */
    private static final int MAX_REPLACED = 100_000;

    /** Almost always one row for an id: ids are meant to be unique. */
    private final Map<String, List<Row>> rows = new HashMap<>();
    /** The rows that have gone, but not by the log's own bounds: their place still is one. */
    private final Map<String, Row> replaced = new LinkedHashMap<>();

    void added(String id, Row row) {
        List<Row> same = rows.get(id);
        if (same == null) {
            rows.put(id, List.of(row));
        } else {
            List<Row> more = new ArrayList<>(same);
            more.add(row);
            rows.put(id, more);
        }
    }

    void removed(String id, Row row, boolean byTopic) {
        List<Row> left = new ArrayList<>(rows.getOrDefault(id, List.of()));
        left.remove(row);
        if (left.isEmpty()) {
            rows.remove(id);
        } else {
            rows.put(id, left);
        }
        if (byTopic) {
            replaced.put(id, row);
            if (replaced.size() > MAX_REPLACED) {
                replaced.remove(replaced.keySet().iterator().next());
            }
        }
    }

    /** {@return the earliest row with that id whose place the log still has, or null} */
    @Nullable
    Row find(String id, long[] floor) {
        List<Row> kept = rows.get(id);
        if (kept != null) {
            return kept.get(0);
        }
        Row gone = replaced.get(id);
        return gone == null || gone.next() <= floor[gone.slot] ? null : gone;
    }
}
