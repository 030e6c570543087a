package io.tidewire.log.kafka;

import io.tidewire.log.Gap;
import io.tidewire.log.Interest;
import io.tidewire.log.Resolution;

/** Finds the place of an id. Used under the log's lock. */
final class Resolver {
    private final Timeline timeline;

    Resolver(Timeline timeline) {
        this.timeline = timeline;
    }

    /** {@return where the token leads, which any hub may have given} */
    Resolution resolve(Tokens.Parsed token, String id, Interest interest) {
        Place given = new Place(timeline.tokens(), 0, token.vector(), token.slot(), 0, 0);
        Resolution there = resolve(locate(Offsets.max(token.vector(), timeline.floor()), token.slot()), id, interest);
        boolean missed =
                Reading.isBehind(given, timeline.floor()) || timeline.cuts().missed(interest, token.vector(), 0);
        return missed
                ? new Resolution(there.position(), new Gap(id, there.position().token(), Gap.UNKNOWN))
                : new Resolution(there.position(), null);
    }

    /*
     * Everything before the first row that the vector has not seen has been seen, or is gone. If it has seen nothing behind that row, it
     * is a place in this hub's order; else those have to be left out when it is read from there.
     */
    private Place locate(long[] vector, int slot) {
        long firstUnseen = Long.MAX_VALUE;
        long lastSeen = 0;
        for (int partition = 0; partition < vector.length; partition++) {
            RowList rows = timeline.ofPartition(partition);
            int at = rows.unseen(vector[partition]);
            if (at > rows.start()) {
                lastSeen = Math.max(lastSeen, rows.at(at - 1).index);
            }
            while (at < rows.end() && rows.at(at).gone) {
                at++;
            }
            if (at < rows.end()) {
                firstUnseen = Math.min(firstUnseen, rows.at(at).index);
            }
        }
        long index = firstUnseen == Long.MAX_VALUE ? timeline.head() : firstUnseen - 1;
        return new Place(timeline.tokens(), index, vector, slot, lastSeen > index ? lastSeen : 0, 0);
    }

    /** {@return the place itself, after what was cut} */
    Resolution resolve(Place place, String id, Interest interest) {
        boolean missed = Reading.isBehind(place, timeline.floor())
                || timeline.cuts().missed(interest, place.vector(), place.told());
        Place after = new Place(
                timeline.tokens(),
                Math.max(place.index(), timeline.cutIndex()),
                Offsets.max(place.vector(), timeline.floor()),
                place.slot(),
                place.until(),
                timeline.cuts().number());
        return new Resolution(after, missed ? new Gap(id, after.token(), Gap.UNKNOWN) : null);
    }
}
