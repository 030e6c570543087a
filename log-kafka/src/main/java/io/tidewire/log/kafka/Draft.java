package io.tidewire.log.kafka;

import io.tidewire.log.Gap;
import io.tidewire.log.LogEntry;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Update;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page that has been decided upon; what is not in memory of its events is still to be fetched. Made under the log's lock, then owned by
 * whoever fills it.
 */
final class Draft {
    private final Place from;
    private final List<Item> items = new ArrayList<>();
    private int missing;

    Draft(Place from) {
        this.from = from;
    }

    int size() {
        return items.size();
    }

    void add(Row row) {
        Item item = new Item(row, row.entry);
        items.add(item);
        if (item.entry == null) {
            missing++;
        }
    }

    /** {@return whether nothing needs to be fetched} */
    boolean isComplete() {
        return missing == 0;
    }

    List<Item> items() {
        return items;
    }

    Page page(Position end, boolean atHead, @Nullable Gap gap) {
        List<LogEntry> entries = new ArrayList<>(items.size());
        for (Item item : items) {
            LogEntry entry = item.entry;
            if (entry != null) {
                entries.add(from.isOwn() ? entry : new LogEntry(placeOf(item.row), entry.update(), entry.timeMillis()));
            }
        }
        return new Page(entries, end, atHead, gap);
    }

    /** What someone has seen who came from {@code from} up to here is not what this hub's order says. */
    private Place placeOf(Row row) {
        return from.advanced(row.index, row.vector, row.slot);
    }

    /** One event of the page. */
    static final class Item {
        final Row row;

        @Nullable
        LogEntry entry;

        Item(Row row, @Nullable LogEntry entry) {
            this.row = row;
            this.entry = entry;
        }

        /** Puts in what was fetched. */
        void fill(Tokens tokens, Update update) {
            entry = new LogEntry(new Place(tokens, row.index, row.vector, row.slot, 0, 0), update, row.timeMillis);
        }
    }
}
