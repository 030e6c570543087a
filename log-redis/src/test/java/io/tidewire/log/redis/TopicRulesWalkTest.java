package io.tidewire.log.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Cursor;
import io.tidewire.log.EventLog;
import io.tidewire.log.Gap;
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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two stores in turn beside a log in memory, with bounds of single topics, step by random step: all say the same. */
final class TopicRulesWalkTest {
    private static final RedisServer SERVER = RedisServer.start();
    private static final int STEPS = 150;
    private static final List<Interest> INTERESTS = List.of(
            Interest.ALL,
            new Interest(Set.of("all/0"), false, null),
            new Interest(Set.of("news", "key/1"), false, null),
            new Interest(Set.of("old/0", "latest/0"), false, null));

    private Instant now = Instant.ofEpochMilli(1_700_000_000_000L);

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    static List<Long> seeds() {
        Long replayed = Long.getLong("tidewire.seed");
        return replayed != null
                ? List.of(replayed)
                : new Random().longs(12).boxed().toList();
    }

    /** What one log says of the event that was appended as the n-th. */
    private record Named(String own, String other) {}

    private static Retention retention(Random random) {
        return new Retention(20 + random.nextInt(40), 1 << 30, Duration.ofMinutes(10))
                .withTopics(List.of(
                        TopicRetention.of("all/*").maxEvents(1 + random.nextInt(4)),
                        TopicRetention.of("old/*").maxAge(Duration.ofMinutes(2)),
                        TopicRetention.of("latest/*").keeping(Keep.LATEST).maxAge(Duration.ofMinutes(3)),
                        TopicRetention.of("key/*").keeping(Keep.LATEST_PER_KEY).maxEvents(2)));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void redisSaysWhatMemorySays(long seed) {
        Random random = new Random(seed);
        Retention retention = retention(random);
        RedisConfig config = SERVER.config().withPrefix(UUID.randomUUID().toString());
        try (EventLog memory = new MemoryLog(retention, () -> now);
                RedisStore one = RedisStore.connect(config, retention, () -> now);
                RedisStore other = RedisStore.connect(config, retention, () -> now)) {
            List<EventLog> redis = List.of(one.log(), other.log());
            List<Named> ids = new ArrayList<>();
            Position[] readers = {earliest(memory), earliest(one.log())};
            for (int step = 0; step < STEPS; step++) {
                EventLog log = redis.get(random.nextInt(2));
                switch (random.nextInt(5)) {
                    case 0, 1 -> append(random, memory, log, ids);
                    case 2 -> now = now.plusSeconds(random.nextInt(40));
                    case 3 -> compareResumed(random, memory, log, ids);
                    default -> compareReaders(random, memory, log, readers);
                }
                compareAll(memory, log);
            }
        }
    }

    private static void append(Random random, EventLog memory, EventLog redis, List<Named> ids) {
        List<Append> batch = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            batch.add(Append.of(update(random)));
        }
        List<AppendResult> own = Hub.await(memory.append(batch));
        List<AppendResult> other = Hub.await(redis.append(batch));
        for (int i = 0; i < own.size(); i++) {
            ids.add(new Named(
                    String.valueOf(own.get(i).id()), String.valueOf(other.get(i).id())));
        }
    }

    private static Update update(Random random) {
        String topic = List.of("all/", "old/", "latest/", "key/", "news").get(random.nextInt(5));
        String name = topic.equals("news") ? topic : topic + random.nextInt(2);
        String[] topics =
                random.nextInt(4) == 0 && !name.equals("news") ? new String[] {name, "news"} : new String[] {name};
        return Update.to(topics)
                .data(Long.toString(random.nextLong()))
                .id(random.nextInt(3) == 0 ? "id" + random.nextLong() : null)
                .key(random.nextBoolean() ? "k" + random.nextInt(2) : null)
                .build();
    }

    private static void compareAll(EventLog memory, EventLog redis) {
        assertThat(data(all(redis, earliest(redis), Read.Mode.ALL)))
                .isEqualTo(data(all(memory, earliest(memory), Read.Mode.ALL)));
        assertThat(data(all(redis, earliest(redis), Read.Mode.LATEST)))
                .isEqualTo(data(all(memory, earliest(memory), Read.Mode.LATEST)));
    }

    private static void compareResumed(Random random, EventLog memory, EventLog redis, List<Named> ids) {
        if (ids.isEmpty()) {
            return;
        }
        Named named = ids.get(random.nextInt(ids.size()));
        Interest interest = INTERESTS.get(random.nextInt(INTERESTS.size()));
        Resolution own = Hub.await(memory.resolve(new Cursor.After(named.own()), interest));
        Resolution other = Hub.await(redis.resolve(new Cursor.After(named.other()), interest));
        assertThat(isGap(other.gap())).as("gap after %s", named).isEqualTo(isGap(own.gap()));
        assertThat(data(all(redis, other.position(), Read.Mode.ALL)))
                .isEqualTo(data(all(memory, own.position(), Read.Mode.ALL)));
        assertThat(read(redis, other.position(), interest, 1).gap()).isNull();
    }

    /** Two readers, one of each log, who go on page by page with changing interests. */
    private static void compareReaders(Random random, EventLog memory, EventLog redis, Position[] readers) {
        Interest interest = INTERESTS.get(random.nextInt(INTERESTS.size()));
        Page own = read(memory, readers[0], interest, 1000);
        Page other = read(redis, readers[1], interest, 1000);
        assertThat(isGap(other.gap())).isEqualTo(isGap(own.gap()));
        assertThat(data(other.entries())).isEqualTo(data(own.entries()));
        assertThat(other.atHead()).isEqualTo(own.atHead());
        readers[0] = own.end();
        readers[1] = other.end();
    }

    private static boolean isGap(@Nullable Gap gap) {
        return gap != null;
    }

    private static Position earliest(EventLog log) {
        return Hub.await(log.resolve(new Cursor.Earliest(), Interest.ALL)).position();
    }

    private static Page read(EventLog log, Position after, Interest interest, int maxEvents) {
        return Hub.await(log.read(new Read(after, Read.Mode.ALL, interest, maxEvents, 1 << 30)));
    }

    private static List<LogEntry> all(EventLog log, Position after, Read.Mode mode) {
        List<LogEntry> found = new ArrayList<>();
        Position at = after;
        while (true) {
            Page page = Hub.await(log.read(new Read(at, mode, Interest.ALL, 7, 1 << 30)));
            found.addAll(page.entries());
            if (page.atHead()) {
                return found;
            }
            at = page.end();
        }
    }

    private static List<String> data(List<LogEntry> entries) {
        return Hub.data(entries);
    }
}
