package io.tidewire.log.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Audience;
import io.tidewire.log.Cursor;
import io.tidewire.log.Interest;
import io.tidewire.log.LogEntry;
import io.tidewire.log.MemoryLog;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Read;
import io.tidewire.log.Resolution;
import io.tidewire.log.Retention;
import io.tidewire.log.TopicRetention;
import io.tidewire.log.TopicRetention.Keep;
import io.tidewire.log.Update;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log in memory and this one, told the same and asked the same, by random steps; this one is restarted now and then. */
class BesideMemoryLogTest {
    private static final int RUNS = 40;
    private static final int STEPS = 200;
    private static final List<Interest> INTERESTS = List.of(
            Interest.ALL,
            new Interest(Set.of("chat/0"), false, null),
            new Interest(Set.of("chat/1", "price", "none"), false, "ann"),
            new Interest(Set.of("news"), true, "bob"),
            new Interest(Set.of(), false, null));

    @TempDir
    static Path root;

    @Test
    void bothSayTheSame() throws Exception {
        Long wanted = Long.getLong("tidewire.seed");
        long first = wanted == null ? new Random().nextLong() : wanted;
        for (int run = 0; run < (wanted == null ? RUNS : 1); run++) {
            try {
                new Walk(new Random(first + run)).go();
            } catch (AssertionError e) {
                throw new AssertionError("replay with -Dtidewire.seed=" + (first + run) + "\n" + e.getMessage(), e);
            }
        }
    }

    private static final class Walk {
        private final Random random;
        private final Opened.Clock clock = new Opened.Clock();
        private final Path directory;
        private final Retention retention;
        private final Opened memory;
        private final List<LogEntry> appended = new ArrayList<>();
        /** What the one of the two said that was asked first. */
        private final List<String> resolutions = new ArrayList<>();

        private Opened sqlite;

        Walk(Random random) throws Exception {
            this.random = random;
            directory = Files.createTempDirectory(root, "walk");
            List<TopicRetention> topics = new ArrayList<>();
            if (random.nextInt(5) > 0) {
                topics.add(rule("chat/*", Keep.ALL));
                topics.add(rule("price", Keep.LATEST));
                topics.add(rule("prices", Keep.LATEST_PER_KEY));
            }
            retention = new Retention(1 + random.nextInt(80), 1 << 30, Duration.ofSeconds(60 + random.nextInt(3000)))
                    .withTopics(topics);
            memory = new Opened(new MemoryLog(retention, clock));
            memory.log().follow(appended::addAll);
            sqlite = Opened.in(directory, retention, clock);
        }

        private TopicRetention rule(String pattern, Keep keep) {
            TopicRetention rule = TopicRetention.of(pattern).keeping(keep);
            rule = random.nextBoolean() ? rule.maxEvents(1 + random.nextInt(6)) : rule;
            return random.nextBoolean() ? rule.maxAge(Duration.ofSeconds(10 + random.nextInt(600))) : rule;
        }

        void go() {
            for (int i = 0; i < STEPS; i++) {
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> append();
                    case 3 -> clock.advance(Duration.ofMillis(random.nextInt(60_000)));
                    case 4, 5 -> resolveAndRead();
                    case 6 -> readLatest();
                    default -> restart();
                }
            }
            sqlite.close();
        }

        private void restart() {
            if (random.nextInt(5) == 0) {
                sqlite.close();
                sqlite = Opened.in(directory, retention, clock);
            }
        }

        private void append() {
            List<Append> ours = new ArrayList<>();
            List<Append> theirs = new ArrayList<>();
            for (int i = random.nextInt(6); i >= 0; i--) {
                Update update = update();
                String key = random.nextInt(6) == 0 ? "key" + random.nextInt(30) : null;
                int expected = random.nextInt(12);
                LogEntry last = appended.isEmpty() ? null : appended.get(random.nextInt(appended.size()));
                ours.add(new Append(update, key, expected(expected, last, sqlite)));
                theirs.add(new Append(update, key, expected(expected, last, memory)));
            }
            List<AppendResult> here = Opened.await(sqlite.log().append(ours));
            List<AppendResult> there = Opened.await(memory.log().append(theirs));
            assertThat(here.stream().map(this::plain).toList())
                    .isEqualTo(there.stream().map(this::plain).toList());
        }

        private @Nullable String expected(int kind, @Nullable LogEntry last, Opened log) {
            return kind == 0 ? Append.NOTHING : kind == 1 && last != null ? idIn(log, last) : null;
        }

        /** An id means the same in both but for the epoch. */
        private String idIn(Opened log, LogEntry entry) {
            return entry.update().id() != null
                    ? entry.id()
                    : tokenIn(log, entry.position().token());
        }

        private String tokenIn(Opened log, String token) {
            String epoch = log.newest().token();
            return epoch.substring(0, epoch.indexOf('.')) + token.substring(token.indexOf('.'));
        }

        private String plain(AppendResult result) {
            return result.outcome() + " " + plain(result.id());
        }

        private static @Nullable String plain(@Nullable String id) {
            return id == null || !id.startsWith("#") ? id : id.substring(id.indexOf('.'));
        }

        private Update update() {
            return Update.to(audience())
                    .data(Integer.toString(appended.size()) + "/" + random.nextInt(100))
                    .id(random.nextInt(5) == 0 ? "id" + random.nextInt(200) : null)
                    .key(random.nextBoolean() ? "k" + random.nextInt(3) : null)
                    .build();
        }

        private Audience audience() {
            return switch (random.nextInt(10)) {
                case 0 -> new Audience.Everyone();
                case 1 -> new Audience.User(random.nextBoolean() ? "ann" : "bob");
                case 2 -> new Audience.Connection("c" + random.nextInt(2));
                case 3 -> new Audience.Topics(List.of("chat/0", "news", "price"));
                case 4 -> new Audience.Topics(List.of("news", "chat/1"));
                case 5, 6 -> Audience.topic("chat/" + random.nextInt(3));
                case 7 -> Audience.topic("price");
                case 8 -> Audience.topic("prices");
                default -> Audience.topic("news");
            };
        }

        private void resolveAndRead() {
            if (appended.isEmpty()) {
                return;
            }
            LogEntry entry = appended.get(random.nextInt(appended.size()));
            boolean byToken = random.nextBoolean();
            Interest interest = INTERESTS.get(random.nextInt(INTERESTS.size()));
            Position here = follow(sqlite, entry, byToken, interest);
            Position there = follow(memory, entry, byToken, interest);
            int maxEvents = 1 + random.nextInt(20);
            List<String> ours = pages(sqlite, here, interest, maxEvents);
            List<String> theirs = pages(memory, there, interest, maxEvents);
            assertThat(ours).isEqualTo(theirs);
            assertThat(pages(sqlite, sqlite.earliest(), interest, maxEvents))
                    .isEqualTo(pages(memory, memory.earliest(), interest, maxEvents));
        }

        private Position follow(Opened log, LogEntry entry, boolean byToken, Interest interest) {
            String id = byToken ? tokenIn(log, entry.position().token()) : idIn(log, entry);
            Resolution resolution = Opened.await(log.log().resolve(new Cursor.After(id), interest));
            resolutions.add(
                    plain(id) + " " + plain(resolution.position().token()) + (resolution.gap() == null ? "" : " gap"));
            if (resolutions.size() == 2 && !isExact()) {
                resolutions.clear();
            }
            if (resolutions.size() == 2) {
                assertThat(resolutions.get(0))
                        .as(
                                "%s of %s; %s, kept %s and %s",
                                interest,
                                id,
                                retention,
                                pages(sqlite, sqlite.earliest(), Interest.ALL, 1000),
                                pages(memory, memory.earliest(), Interest.ALL, 1000))
                        .isEqualTo(resolutions.get(1));
                resolutions.clear();
            }
            return resolution.position();
        }

        /** What is too old by its topic's bounds and by the log's is cut by one or the other: whichever comes to it first. */
        private boolean isExact() {
            return retention.topics().stream().allMatch(rule -> rule.maxAge().equals(TopicRetention.FOREVER));
        }

        private static List<String> pages(Opened log, Position from, Interest interest, int maxEvents) {
            List<String> seen = new ArrayList<>();
            Position cursor = from;
            for (boolean atHead = false; !atHead; ) {
                Page page = Opened.await(log.log().read(new Read(cursor, Read.Mode.ALL, interest, maxEvents, 1 << 30)));
                if (page.gap() != null) {
                    seen.add("gap");
                }
                page.entries().stream()
                        .filter(entry -> interest.includes(entry.update().audience()))
                        .forEach(entry -> seen.add(
                                Objects.requireNonNull(plain(entry.position().token())) + " "
                                        + entry.update().data()));
                cursor = page.end();
                atHead = page.atHead();
            }
            return seen;
        }

        private void readLatest() {
            Interest interest = INTERESTS.get(random.nextInt(INTERESTS.size()));
            int maxEvents = 1 + random.nextInt(5);
            assertThat(latest(sqlite, interest, maxEvents)).isEqualTo(latest(memory, interest, maxEvents));
        }

        private static List<String> latest(Opened log, Interest interest, int maxEvents) {
            return log.readAll(log.earliest(), Read.Mode.LATEST, interest, maxEvents).stream()
                    .filter(entry -> interest.includes(entry.update().audience()))
                    .map(entry -> entry.update().data())
                    .toList();
        }
    }
}
