package io.tidewire.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Audience;
import io.tidewire.log.Cursor;
import io.tidewire.log.Gap;
import io.tidewire.log.Interest;
import io.tidewire.log.LogEntry;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Read;
import io.tidewire.log.Resolution;
import io.tidewire.log.Retention;
import io.tidewire.log.Update;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One random walk of {@link RandomFacts}. */
final class LogWalk {
    /*
     * The model is the list of all entries ever, as a follower was handed them, and the index of the oldest one kept, which the log
     * decides (within its retention) and is asked for. Everything else that the log says must follow from the two.
     */
    private static final List<Interest> INTERESTS = List.of(
            Interest.ALL,
            new Interest(Set.of("t0"), false, null),
            new Interest(Set.of("t1", "t3"), false, "ann"),
            new Interest(Set.of(), true, "bob"));

    /** Every page but one of a log with an index, far from its head, brings a reader on. */
    private static final int MAX_PAGES = 10_000;

    private final LogUnderTest log;
    private final Retention retention;
    private final Random random;
    private final Followed followed = new Followed();
    private final Map<String, String> idByKey = new HashMap<>();
    private final Position[] readers = new Position[4];
    private List<LogEntry> all = List.of();

    LogWalk(LogUnderTest log, Retention retention, Random random) {
        this.log = log;
        this.retention = retention;
        this.random = random;
        Position start = log.log().follow(followed);
        Arrays.fill(readers, start);
    }

    void step() {
        switch (random.nextInt(8)) {
            case 0, 1 -> appendBatch();
            case 2 -> appendUnderCondition();
            case 3 -> log.clock.advance(Duration.ofMillis(random.nextInt(60_000)));
            case 4, 5 -> readPage(random.nextInt(readers.length));
            case 6 -> readLatest();
            default -> resolve();
        }
    }

    /** Every reader comes to the head. */
    void finish() {
        for (int reader = 0; reader < readers.length; reader++) {
            for (int pages = 0; indexOf(readers[reader]) < all.size(); pages++) {
                assertThat(pages).as("pages on the way to the head").isLessThan(MAX_PAGES);
                readPage(reader);
            }
        }
    }

    // --- appending

    private void appendBatch() {
        List<Append> batch = new ArrayList<>();
        for (int i = random.nextInt(6); i >= 0; i--) {
            batch.add(new Append(update(), random.nextInt(4) == 0 ? "key" + random.nextInt(40) : null, null));
        }
        List<AppendResult> results = log.append(batch);
        List<Update> appended = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            if (checkResult(batch.get(i), results.get(i))) {
                appended.add(batch.get(i).update());
            }
        }
        followed(appended);
    }

    private boolean checkResult(Append append, AppendResult result) {
        String key = append.idempotencyKey();
        String id = Objects.requireNonNull(result.id());
        String first = key == null ? null : idByKey.putIfAbsent(key, id);
        assertThat(result.outcome())
                .isEqualTo(first == null ? AppendResult.Outcome.APPENDED : AppendResult.Outcome.DUPLICATE);
        if (first != null) {
            assertThat(id).isEqualTo(first);
        }
        return first == null;
    }

    private void followed(List<Update> appended) {
        int before = all.size();
        all = followed.await(before + appended.size());
        assertThat(all.subList(before, all.size())).extracting(LogEntry::update).isEqualTo(appended);
    }

    private void appendUnderCondition() {
        Update update = update();
        String last = null;
        for (LogEntry entry : all.subList(oldest(), all.size())) {
            if (entry.update().audience().channel().equals(update.audience().channel())) {
                last = entry.id();
            }
        }
        String expected = random.nextBoolean() ? Append.NOTHING : random.nextBoolean() ? last : anyId();
        AppendResult result = log.append(new Append(update, null, expected));
        boolean met = expected == null || expected.equals(last == null ? Append.NOTHING : last);
        assertThat(result.outcome()).isEqualTo(met ? AppendResult.Outcome.APPENDED : AppendResult.Outcome.CONFLICT);
        if (!met) {
            assertThat(result.id()).isEqualTo(last);
        }
        followed(met ? List.of(update) : List.of());
    }

    private Update update() {
        return Update.to(audience())
                .data("x".repeat(random.nextInt(10) == 0 ? random.nextInt(3000) : random.nextInt(20)))
                .id(random.nextInt(5) == 0 ? "id" + random.nextInt(30) : null)
                .key(random.nextBoolean() ? "k" + random.nextInt(3) : null)
                .build();
    }

    private Audience audience() {
        return switch (random.nextInt(8)) {
            case 0 -> new Audience.Everyone();
            case 1 -> new Audience.User(random.nextBoolean() ? "ann" : "bob");
            case 2 -> new Audience.Connection("c");
            case 3 -> new Audience.Topics(List.of("t0", "t1", "t2"));
            default -> Audience.topic("t" + random.nextInt(4));
        };
    }

    // --- reading

    /** {@return the index of the oldest entry that the log keeps} */
    private int oldest() {
        List<LogEntry> kept = log.readAll(log.earliest());
        int oldest = all.size() - kept.size();
        assertSame(kept, all.subList(oldest, all.size()));
        assertThat((long) kept.size()).isLessThanOrEqualTo(retention.maxEvents());
        long oldestMillis = log.clock.millis() - retention.maxAge().toMillis();
        assertThat(kept).allMatch(entry -> entry.timeMillis() >= oldestMillis);
        return oldest;
    }

    private void readPage(int reader) {
        int oldest = oldest();
        Position cursor = readers[reader];
        int from = indexOf(cursor);
        Interest interest = INTERESTS.get(random.nextInt(INTERESTS.size()));
        Page page =
                log.read(new Read(cursor, Read.Mode.ALL, interest, 1 + random.nextInt(20), 1 + random.nextInt(5000)));

        checkGap(page.gap(), cursor.token(), oldest - from);
        int to = indexOf(page.end());
        assertThat(to).isBetween(Math.max(oldest, from), all.size());
        assertThat(page.atHead()).isEqualTo(to == all.size());
        List<LogEntry> asked = all.subList(Math.max(oldest, from), to);
        List<String> wanted = tokens(asked.stream()
                .filter(entry -> interest.includes(entry.update().audience()))
                .toList());
        assertPartOf(wanted, tokens(page.entries()));
        assertPartOf(tokens(page.entries()), tokens(asked));
        readers[reader] = page.end();
    }

    private void readLatest() {
        Position cursor = readers[random.nextInt(readers.length)];
        List<LogEntry> expected = new ArrayList<>();
        for (int i = Math.max(oldest(), indexOf(cursor)); i < all.size(); i++) {
            if (isNewest(i)) {
                expected.add(all.get(i));
            }
        }
        assertSame(log.readLatest(cursor, 1 + random.nextInt(10)), expected);
    }

    private boolean isNewest(int index) {
        Update update = all.get(index).update();
        return all.subList(index + 1, all.size()).stream()
                .noneMatch(later -> Objects.equals(later.update().key(), update.key())
                        && later.update()
                                .audience()
                                .channel()
                                .equals(update.audience().channel()));
    }

    /** {@return how many entries the cursor has seen; they are the first ones} */
    private int indexOf(Position cursor) {
        int index = 0;
        while (index < all.size() && cursor.covers(all.get(index).position())) {
            index++;
        }
        for (LogEntry later : all.subList(index, all.size())) {
            assertThat(cursor.covers(later.position())).isFalse();
        }
        return index;
    }

    // --- resolving

    private void resolve() {
        int oldest = oldest();
        String id = anyId();
        Resolution resolution = log.resolve(new Cursor.After(id));
        int seen = 1 + lookUp(id, oldest);
        if (seen == 0) {
            checkGap(resolution.gap(), id, 1);
            assertThat(isUnknown(resolution.gap())).isTrue();
        } else if (seen != oldest || !isUnknown(resolution.gap())) {
            // A log may have forgotten that the newest cut one was its own; then it says it does not know.
            checkGap(resolution.gap(), id, oldest - seen);
        }
        assertThat(indexOf(resolution.position())).isEqualTo(Math.max(oldest, seen));
        assertThat(log.read(resolution.position(), 1).gap()).isNull();
    }

    /** {@return the index of what the id means, or -1} */
    private int lookUp(String id, int oldest) {
        for (int i = oldest; i < all.size(); i++) {
            if (all.get(i).id().equals(id)) {
                return i;
            }
        }
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).position().token().equals(id)) {
                return i;
            }
        }
        return -1;
    }

    private String anyId() {
        if (all.isEmpty() || random.nextInt(10) == 0) {
            return random.nextBoolean() ? "id" + random.nextInt(40) : "#" + Integer.toHexString(random.nextInt());
        }
        LogEntry entry = all.get(random.nextInt(all.size()));
        return random.nextBoolean() ? entry.id() : entry.position().token();
    }

    private static boolean isUnknown(@Nullable Gap gap) {
        return gap != null && gap.missed() == Gap.UNKNOWN;
    }

    private static void checkGap(@Nullable Gap gap, String from, int missed) {
        if (missed <= 0) {
            assertThat(gap).isNull();
            return;
        }
        assertThat(gap).as("gap after %s", from).isNotNull();
        assertThat(gap.from()).isEqualTo(from);
        assertThat(gap.missed()).isIn((long) missed, Gap.UNKNOWN);
    }

    /** Checks that all of the one is in the other, in the same order. */
    private static void assertPartOf(List<String> part, List<String> whole) {
        int matched = 0;
        for (String each : whole) {
            if (matched < part.size() && part.get(matched).equals(each)) {
                matched++;
            }
        }
        assertThat(matched).as("%s in %s", part, whole).isEqualTo(part.size());
    }

    private static void assertSame(List<LogEntry> actual, List<LogEntry> expected) {
        assertThat(tokens(actual)).isEqualTo(tokens(expected));
        assertThat(actual)
                .extracting(LogEntry::update)
                .isEqualTo(expected.stream().map(LogEntry::update).toList());
    }

    private static List<String> tokens(List<LogEntry> entries) {
        return entries.stream().map(entry -> entry.position().token()).toList();
    }
}
