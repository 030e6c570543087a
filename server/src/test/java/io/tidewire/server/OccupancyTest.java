package io.tidewire.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.hub.ConnectionInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Against a model, with as many threads as loops; {@code -Dtidewire.seed=} replays a run, but for the order of its threads. */
class OccupancyTest {
    private static final int THREADS = 4;
    private static final int STEPS = 2000;
    private static final List<String> TOPICS = List.of("a", "b", "c", "d/*", "*");

    private final Occupancy occupancy = new Occupancy();
    private final Queue<String> told = new ConcurrentLinkedQueue<>();

    @Test
    void firstAndLastSubscriberAreToldExactlyOnceWhateverTheThreadsDo() throws Exception {
        Long wanted = Long.getLong("tidewire.seed");
        long seed = wanted == null ? new Random().nextLong() : wanted;
        ExecutorService loops = Executors.newFixedThreadPool(THREADS);
        try {
            Set<String> occupied = new HashSet<>();
            List<Map<String, List<String>>> open = new ArrayList<>();
            for (int loop = 0; loop < THREADS; loop++) {
                open.add(new HashMap<>());
            }
            for (int round = 0; round < 10; round++) {
                boolean last = round == 9;
                List<Future<?>> done = new ArrayList<>();
                for (int loop = 0; loop < THREADS; loop++) {
                    Random random = new Random(seed + (long) round * THREADS + loop);
                    Map<String, List<String>> mine = open.get(loop);
                    String prefix = round + "-" + loop + "-";
                    done.add(loops.submit(() -> run(random, mine, prefix, last)));
                }
                for (Future<?> each : done) {
                    each.get();
                }
                replay(occupied);
                Set<String> expected = new HashSet<>();
                open.forEach(mine -> mine.values().forEach(expected::addAll));
                assertThat(occupied).as("replay with -Dtidewire.seed=" + seed).isEqualTo(expected);
            }
            assertThat(occupied).isEmpty();
        } finally {
            loops.shutdownNow();
        }
    }

    private void run(Random random, Map<String, List<String>> open, String prefix, boolean leaveAll) {
        for (int step = 0; step < STEPS; step++) {
            if (open.isEmpty() || random.nextInt(3) == 0) {
                ConnectionInfo one = info(prefix + step, some(random));
                open.put(one.id(), one.selectors());
                occupancy.enter(one, topic -> told.add("+" + topic));
            } else {
                String id = open.keySet().iterator().next();
                if (random.nextBoolean()) {
                    List<String> topics = some(random);
                    open.put(id, topics);
                    occupancy.change(info(id, topics), topic -> told.add("+" + topic), topic -> told.add("-" + topic));
                } else {
                    leave(open, id);
                }
            }
        }
        if (leaveAll) {
            List.copyOf(open.keySet()).forEach(id -> leave(open, id));
        }
    }

    private void leave(Map<String, List<String>> open, String id) {
        occupancy.leave(info(id, open.getOrDefault(id, List.of())), topic -> told.add("-" + topic));
        open.remove(id);
    }

    /** Each topic is told to be occupied and vacated in turns. */
    private void replay(Set<String> occupied) {
        for (String each = told.poll(); each != null; each = told.poll()) {
            String topic = each.substring(1);
            assertThat(each.startsWith("+") ? occupied.add(topic) : occupied.remove(topic))
                    .as(each)
                    .isTrue();
        }
    }

    private static List<String> some(Random random) {
        List<String> some = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(4); i++) {
            some.add(TOPICS.get(random.nextInt(TOPICS.size()))); // the same one twice, too
        }
        return some;
    }

    private static ConnectionInfo info(String id, List<String> topics) {
        return new ConnectionInfo(id, null, topics, "127.0.0.1", Instant.EPOCH, true);
    }
}
