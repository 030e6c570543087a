package io.tidewire.hub;

import io.tidewire.stream.StreamInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the newest of some tasks. A store lists by name, so all there are are looked at, a piece at a time, and no more of them kept than are
 * wanted. One object per search; its steps follow each other.
 */
final class TaskListing {
    private static final int PIECE = 1000;
    private static final Comparator<StreamInfo> NEWEST_FIRST =
            Comparator.comparing(StreamInfo::created).reversed().thenComparing(StreamInfo::name);

    private final TaskRecords records;
    private final Predicate<StreamInfo> wanted;
    private final @Nullable Mark after;
    private final int limit;
    /** The newest so far, the oldest of them at the head. */
    private final PriorityQueue<StreamInfo> found = new PriorityQueue<>(NEWEST_FIRST.reversed());

    /** Where a page ends: at the last task on it. */
    private record Mark(long createdMillis, String name) {
        static Mark of(StreamInfo info) {
            return new Mark(info.created().toEpochMilli(), info.name());
        }

        static Mark parse(String token) {
            int dot = token.indexOf('.');
            String id = token.substring(dot + 1);
            boolean number =
                    dot > 0 && dot < 16 && token.substring(0, dot).chars().allMatch(c -> c >= '0' && c <= '9');
            if (!number || !TaskSpec.isId(id)) {
                throw new IllegalArgumentException(
                        "after: of " + token.length() + " characters (expected: the \"next\" of the page before)");
            }
            return new Mark(Long.parseLong(token.substring(0, dot)), TaskRecords.PREFIX + id);
        }

        String token() {
            return createdMillis + "." + name.substring(TaskRecords.PREFIX.length());
        }

        boolean isBefore(StreamInfo info) {
            long millis = info.created().toEpochMilli();
            return millis < createdMillis
                    || (millis == createdMillis && info.name().compareTo(name) > 0);
        }
    }

    TaskListing(TaskRecords records, Predicate<StreamInfo> wanted, String after, int limit) {
        this.records = records;
        this.wanted = wanted;
        this.after = after.isEmpty() ? null : Mark.parse(after);
        this.limit = limit;
    }

    /** What was found, newest first; next is null if that was all. */
    record Found(List<StreamInfo> tasks, @Nullable String next) {}

    CompletionStage<Found> search() {
        return search("");
    }

    private CompletionStage<Found> search(String afterName) {
        return records.list(afterName, PIECE).thenCompose(piece -> {
            piece.forEach(this::look);
            return piece.size() < PIECE
                    ? CompletableFuture.completedFuture(result())
                    : search(piece.get(piece.size() - 1).name());
        });
    }

    private void look(StreamInfo info) {
        Mark from = after;
        if (wanted.test(info) && (from == null || from.isBefore(info))) {
            found.add(info);
            if (found.size() > limit + 1) {
                found.poll();
            }
        }
    }

    private Found result() {
        List<StreamInfo> newest = new ArrayList<>(found);
        newest.sort(NEWEST_FIRST);
        boolean more = newest.size() > limit;
        List<StreamInfo> page = more ? newest.subList(0, limit) : newest;
        return new Found(page, more ? Mark.of(page.get(page.size() - 1)).token() : null);
    }
}
