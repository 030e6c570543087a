package io.tidewire.log.redis;

import io.tidewire.log.Cursor;
import io.tidewire.log.Gap;
import io.tidewire.log.Interest;
import io.tidewire.log.LogEntry;
import io.tidewire.log.LogException;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Read;
import io.tidewire.log.Resolution;
import io.tidewire.log.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads pages and finds places. Safe for any thread. */
final class PageReader {
    /*
     * Gaps. `cut` is the newest entry that a bound of the whole log cut: a cursor before it misses something, and goes on from there.
     * `topicCut` is the newest that a bound of a topic of interest cut: a cursor before it misses something too, but stays where it
     * is, because what is left of other topics stands between. So that this is told once, the cursor carries it on.
     */

    /** Entries looked at, and bytes, for a reader who wants some of them only: one script for many of its pages. */
    private static final int MAX_SCAN = 2000;

    private static final int MAX_SCAN_BYTES = 1 << 20;

    private final ScriptQueue scripts;
    private final Bounds bounds;
    private final byte[][] keys;
    private final EntryDecoder decoder;

    PageReader(ScriptQueue scripts, Bounds bounds, byte[][] keys, EntryDecoder decoder) {
        this.scripts = scripts;
        this.bounds = bounds;
        this.keys = keys;
        this.decoder = decoder;
    }

    // --- pages

    CompletableFuture<Page> read(Read request) {
        if (!(request.after() instanceof StreamPosition after)) {
            throw new IllegalArgumentException(
                    "position: " + request.after().token() + " (expected: one that a log in Redis made)");
        }
        return ask(request, after.number()).thenCompose(answer -> {
            if (answer.epoch == after.epoch()) {
                return CompletableFuture.completedFuture(page(request, after, answer));
            }
            // Another life, whose numbers may be anywhere: all of it is new to this reader.
            return ask(request, 0).thenApply(anew -> page(request, after, anew));
        });
    }

    private CompletableFuture<PageAnswer> ask(Read request, long after) {
        boolean all = request.interest().equals(Interest.ALL);
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(number(after));
        arguments.add(flag(request.mode() == Read.Mode.LATEST));
        arguments.add(number(all ? Math.min(request.maxEvents(), MAX_SCAN) : MAX_SCAN));
        arguments.add(number(all ? request.maxBytes() : MAX_SCAN_BYTES));
        addInterest(arguments, request.interest());
        return run(Script.READ, arguments).thenApply(PageAnswer::new);
    }

    private CompletableFuture<List<Object>> run(Script script, List<byte[]> arguments) {
        byte[][] own = arguments.toArray(byte[][]::new);
        return scripts.run(script, keys, () -> bounds.with(own));
    }

    private Page page(Read request, StreamPosition after, PageAnswer answer) {
        List<LogEntry> found = new ArrayList<>();
        long bytes = 0;
        long end = answer.end;
        for (int i = 0; i < answer.size(); i++) {
            LogEntry entry = answer.entry(i, decoder);
            if (entry == null || !request.interest().includes(entry.update().audience())) {
                continue;
            }
            found.add(entry);
            bytes += entry.update().data().length();
            if ((found.size() == request.maxEvents() || bytes >= request.maxBytes()) && i + 1 < answer.size()) {
                end = answer.number(i);
                break;
            }
        }
        long told = Math.max(after.epoch() == answer.epoch ? after.told() : 0, answer.topicCut);
        Position at = new StreamPosition(answer.epoch, end, told);
        return new Page(found, at, end >= answer.last, gap(after, answer));
    }

    private static @Nullable Gap gap(StreamPosition after, PageAnswer answer) {
        if (after.epoch() != answer.epoch || after.number() < answer.cut) {
            String to = StreamPosition.of(answer.epoch, answer.cut).token();
            return new Gap(after.token(), to, Gap.UNKNOWN);
        }
        boolean isTold = answer.topicCut <= Math.max(after.number(), after.told());
        return isTold ? null : new Gap(after.token(), after.token(), Gap.UNKNOWN);
    }

    /** What read.lua says. */
    private static final class PageAnswer {
        private static final int HEAD = 5;
        private static final int ITEM = 3;

        private final List<Object> parts;
        private final long epoch;
        private final long cut;
        private final long topicCut;
        private final long last;
        private final long end;

        PageAnswer(List<Object> parts) {
            this.parts = parts;
            this.epoch = Answers.number(parts.get(0));
            this.cut = Answers.number(parts.get(1));
            this.topicCut = Answers.number(parts.get(2));
            this.last = Answers.number(parts.get(3));
            this.end = Answers.number(parts.get(4));
        }

        int size() {
            return (parts.size() - HEAD) / ITEM;
        }

        long number(int i) {
            return Answers.number(parts.get(HEAD + i * ITEM));
        }

        @Nullable
        LogEntry entry(int i, EntryDecoder decoder) {
            int at = HEAD + i * ITEM;
            return decoder.decode(
                    StreamPosition.of(epoch, number(i)),
                    Answers.number(parts.get(at + 1)),
                    Answers.bytes(parts.get(at + 2)));
        }
    }

    // --- places

    CompletableFuture<Resolution> resolve(Cursor cursor, Interest interest) {
        String id = cursor instanceof Cursor.After after ? after.lastEventId() : "";
        boolean mayBeGiven = !id.startsWith("#") && id.length() <= Update.MAX_ID_LENGTH;
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(Answers.bytes(mayBeGiven ? id : ""));
        addInterest(arguments, interest);
        return run(Script.RESOLVE, arguments)
                .thenApply(parts -> resolution(
                        cursor,
                        new Places(
                                Answers.number(parts.get(0)),
                                Answers.number(parts.get(1)),
                                Answers.number(parts.get(2)),
                                Answers.number(parts.get(3)),
                                Answers.text(parts.get(4)))));
    }

    /** What resolve.lua says. */
    private record Places(long epoch, long cut, long topicCut, long last, String found) {
        StreamPosition at(long number) {
            return new StreamPosition(epoch, number, topicCut);
        }
    }

    private static Resolution resolution(Cursor cursor, Places places) {
        if (cursor instanceof Cursor.After after) {
            return resolution(after.lastEventId(), places);
        }
        return new Resolution(places.at(cursor instanceof Cursor.Earliest ? places.cut : places.last), null);
    }

    private static Resolution resolution(String id, Places places) {
        long number = -1;
        if (!places.found.isEmpty()) {
            number = Long.parseLong(places.found);
        } else {
            StreamPosition given = StreamPosition.parse(id);
            if (given != null && given.epoch() == places.epoch) {
                number = given.number();
            }
        }
        if (number < places.cut || number > places.last) {
            StreamPosition oldest = places.at(places.cut);
            return new Resolution(oldest, new Gap(id, oldest.token(), Gap.UNKNOWN));
        }
        StreamPosition place = places.at(number);
        return new Resolution(place, places.topicCut > number ? new Gap(id, place.token(), Gap.UNKNOWN) : null);
    }

    private static void addInterest(List<byte[]> arguments, Interest interest) {
        arguments.add(flag(interest.anyTopic()));
        if (!interest.anyTopic()) {
            interest.topics().forEach(topic -> arguments.add(Answers.bytes(topic)));
        }
    }

    private static byte[] number(long value) {
        return Answers.bytes(Long.toString(value));
    }

    private static byte[] flag(boolean value) {
        return Answers.bytes(value ? "1" : "0");
    }

    /** Refuses what comes and what waits. */
    void close() {
        LogException closed = Fault.closed();
        scripts.close(closed);
    }
}
