package io.tidewire.log.kafka;

import io.tidewire.log.Gap;
import io.tidewire.log.Page;
import io.tidewire.log.Read;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One page being read: what belongs into it is chosen under the log's lock. */
final class Reading {
    /** Rows looked at for one page: the lock is held for about a millisecond. */
    private static final int MAX_SCAN = 1 << 15;

    private final Timeline timeline;
    private final Read request;
    private final Place from;
    private final Draft draft;
    private final @Nullable Gap gap;
    private Place end;
    private boolean atHead;
    private long bytes;

    /** Chooses the events of a page. */
    Reading(Timeline timeline, Read request, Place cursor) {
        this.timeline = timeline;
        this.request = request;
        boolean cut = isBehind(cursor, timeline.floor());
        boolean cutByTopic = timeline.cuts().missed(request.interest(), cursor.vector(), cursor.told());
        this.from = afterTheCut(cursor);
        this.draft = new Draft(from);
        this.gap = cut || cutByTopic
                ? new Gap(cursor.token(), from.token(), cut && cursor.isOwn() ? missed(cursor) : Gap.UNKNOWN)
                : null;
        this.end = from;
        choose();
    }

    static boolean isBehind(Place cursor, long[] floor) {
        for (int slot = 0; slot < floor.length; slot++) {
            if (!cursor.hasSeen(slot, floor[slot])) {
                return true;
            }
        }
        return false;
    }

    private long missed(Place cursor) {
        long cut = timeline.cutIndex() - cursor.index();
        return timeline.countsByIndex() && cut > 0 ? cut : Gap.UNKNOWN;
    }

    private Place afterTheCut(Place cursor) {
        return new Place(
                timeline.tokens(),
                Math.max(cursor.index(), timeline.cutIndex()),
                Offsets.max(cursor.vector(), timeline.floor()),
                cursor.slot(),
                cursor.until(),
                timeline.cuts().number());
    }

    private void choose() {
        List<RowList> lists = timeline.listsOf(request.interest());
        Row last = lists == null || lists.size() > MAX_SCAN / 64 ? scan() : merge(lists);
        if (last == null) {
            atHead = true;
            end = from.advanced(
                    timeline.head(), timeline.headVector(), timeline.newest().slot());
        } else {
            end = from.advanced(last.index, last.vector, last.slot);
        }
    }

    /** Looks at one row after the other; {@return the last one if there are more, or null}. */
    private @Nullable Row scan() {
        RowList rows = timeline.rows();
        int at = rows.after(from.index());
        int stop = Math.min(rows.end(), at + MAX_SCAN);
        Row last = null;
        while (at < stop && !isFull()) {
            last = rows.at(at++);
            take(last);
        }
        return at < rows.end() ? last : null;
    }

    /** Goes along the rows of several topics at once; {@return the last one if there are more, or null}. */
    private @Nullable Row merge(List<RowList> lists) {
        int[] at = new int[lists.size()];
        for (int i = 0; i < at.length; i++) {
            at[i] = lists.get(i).after(from.index());
        }
        Row last = null;
        for (int looks = 0; looks < MAX_SCAN; looks += at.length) {
            Row next = null;
            for (int i = 0; i < at.length; i++) {
                RowList list = lists.get(i);
                while (last != null && at[i] < list.end() && list.at(at[i]).index <= last.index) {
                    at[i]++; // it stands under two of the topics
                }
                if (at[i] < list.end() && (next == null || list.at(at[i]).index < next.index)) {
                    next = list.at(at[i]);
                }
            }
            if (next == null) {
                return null;
            }
            if (isFull()) {
                return last;
            }
            take(next);
            last = next;
        }
        return last;
    }

    private boolean isFull() {
        return draft.size() >= request.maxEvents() || bytes >= request.maxBytes();
    }

    private void take(Row row) {
        boolean wanted = !row.gone
                && (request.mode() == Read.Mode.ALL || row.newest)
                && (from.isOwn() || !from.hasSeen(row.slot, row.next()))
                && request.interest().includes(row.audience);
        if (wanted) {
            draft.add(row);
            bytes += row.dataLength;
        }
    }

    Draft draft() {
        return draft;
    }

    /** {@return the page, once its draft is complete} */
    Page page() {
        return draft.page(end, atHead, gap);
    }
}
