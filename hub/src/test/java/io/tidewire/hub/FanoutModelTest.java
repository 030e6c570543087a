package io.tidewire.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Audience;
import io.tidewire.log.Cursor;
import io.tidewire.log.Retention;
import io.tidewire.log.Update;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random publishes, cuts, reconnects, stalls and resumes over many subscribers, against a list of what was published: every
 * subscriber sees every matching event that history still holds exactly once, in order, and is told of every cut.
 * {@code -Dtidewire.seed=N} replays one run.
 */
class FanoutModelTest {
    private static final int STEPS = 1500;
    private static final int CLIENTS = 12;
    private static final List<String> TOPICS = List.of("a", "b", "c/1", "c/2");
    private static final List<List<String>> WANTS =
            List.of(List.of("a"), List.of("a", "b"), List.of("c/*"), List.of("*"), List.of("c/1", "b"), List.of());
    private static final List<@Nullable String> USERS = List.of("ann", "bob", "");

    static List<Long> seeds() {
        Long given = Long.getLong("tidewire.seed");
        if (given != null) {
            return List.of(given);
        }
        List<Long> seeds = new ArrayList<>();
        for (long seed = 1; seed <= 60; seed++) {
            seeds.add(seed);
        }
        return seeds;
    }

    @ParameterizedTest(name = "tidewire.seed={0}")
    @MethodSource("seeds")
    void everySubscriberSeesEveryRetainedEventOnceInOrderAndEveryCutIsTold(long seed) {
        Random random = new Random(seed);
        boolean shortHistory = seed % 3 == 0;
        Retention retention = shortHistory ? new Retention(20, 1 << 20, Duration.ofDays(1)) : Retention.defaults();
        HubConfig config = HubConfig.defaults()
                .withWindow(seed % 2 == 0 ? 2048 : 1 << 20, Duration.ofMinutes(10))
                .withSizes(1024, 1 << 20);
        try (TestHub hub = new TestHub(config, retention, ConnectionListener.NONE, seed)) {
            Model model = new Model(hub, random);
            for (int step = 0; step < STEPS; step++) {
                model.step();
            }
            model.settle();
            model.check(shortHistory);
        }
    }

    /** What was published, and the clients with what each should see. */
    private static final class Model {
        private final TestHub hub;
        private final Random random;
        private final List<Update> log = new ArrayList<>();
        private final List<ModelClient> clients = new ArrayList<>();

        Model(TestHub hub, Random random) {
            this.hub = hub;
            this.random = random;
            for (int i = 0; i < CLIENTS; i++) {
                String user = USERS.get(i % USERS.size());
                clients.add(new ModelClient(
                        hub, WANTS.get(i % WANTS.size()), user == null || user.isEmpty() ? null : user));
            }
            clients.forEach(c -> c.connect(log.size()));
        }

        void step() {
            ModelClient client = clients.get(random.nextInt(clients.size()));
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 -> publish(1 + random.nextInt(6));
                case 4 -> client.cut();
                case 5, 6 -> client.connect(log.size());
                case 7 -> client.stall(random.nextInt(600));
                case 8 -> client.drain();
                case 9 -> hub.loop.advance(random.nextInt(40_000));
                case 10 -> hub.loop.runOne();
                default -> hub.loop.run();
            }
        }

        private void publish(int count) {
            for (int i = 0; i < count; i++) {
                String data = log.size() + " " + "x".repeat(random.nextInt(300));
                Update update = Update.to(audience()).data(data).build();
                log.add(update);
                hub.publishOnly(update);
            }
        }

        private Audience audience() {
            return switch (random.nextInt(8)) {
                case 0 -> new Audience.Everyone();
                case 1 -> new Audience.User("ann");
                case 2 -> new Audience.Topics(List.of("a", "c/1"));
                default -> Audience.topic(TOPICS.get(random.nextInt(TOPICS.size())));
            };
        }

        void settle() {
            for (int i = 0; i < 3; i++) {
                for (ModelClient client : clients) {
                    client.connect(log.size());
                    client.drain();
                }
                hub.loop.advance(5_000);
            }
        }

        void check(boolean shortHistory) {
            for (ModelClient client : clients) {
                client.check(log, shortHistory);
            }
        }
    }

    /** One client over all its connections. */
    private static final class ModelClient {
        private final TestHub hub;
        private final List<String> wants;
        private final @Nullable String user;
        private final List<Reader.Event> seen = new ArrayList<>();
        private TestHub.@Nullable Client current;
        private String lastId = "";
        private int firstWanted = -1;

        ModelClient(TestHub hub, List<String> wants, @Nullable String user) {
            this.hub = hub;
            this.wants = wants;
            this.user = user;
        }

        void connect(int published) {
            if (current != null) {
                return;
            }
            SubscriptionRequest.Builder request =
                    SubscriptionRequest.to(wants.toArray(new String[0])).user(user);
            if (lastId.isEmpty()) {
                firstWanted = published;
            } else {
                request.cursor(new Cursor.After(lastId));
            }
            current = hub.open(request.build());
        }

        void cut() {
            TestHub.Client client = current;
            if (client != null) {
                client.reader().hangUp();
                client.subscription().gone();
                collect(client);
                current = null;
            }
        }

        void stall(int afterBytes) {
            if (current != null) {
                current.reader().takeOnly(afterBytes);
            }
        }

        void drain() {
            if (current != null) {
                current.drain();
            }
        }

        private void collect(TestHub.Client client) {
            seen.addAll(client.reader().events());
            lastId = client.reader().lastId();
        }

        private boolean sees(Update update) {
            Audience audience = update.audience();
            if (audience instanceof Audience.Topics topics) {
                return wants.stream()
                        .map(TopicSelector::parse)
                        .anyMatch(s -> topics.names().stream().anyMatch(s::matches));
            }
            return audience instanceof Audience.Everyone
                    || (audience instanceof Audience.User u && u.name().equals(user));
        }

        void check(List<Update> log, boolean shortHistory) {
            TestHub.Client client = current;
            assertThat(client).isNotNull();
            collect(client);
            int next = firstWanted;
            boolean gap = false;
            for (Reader.Event event : seen) {
                switch (event.name()) {
                    case "connected" -> gap |= event.data().contains("\"resume\":\"gap\"");
                    case "gap" -> gap = true;
                    default -> {
                        int number = Integer.parseInt(
                                event.data().substring(0, event.data().indexOf(' ')));
                        assertThat(number).as("in order, none twice").isGreaterThanOrEqualTo(next);
                        if (!gap) {
                            assertThat(log.subList(next, number).stream().filter(this::sees))
                                    .as("missing before %s though no gap was told", number)
                                    .isEmpty();
                        }
                        gap = false;
                        assertThat(sees(log.get(number))).isTrue();
                        next = number + 1;
                    }
                }
            }
            if (!gap) {
                assertThat(log.subList(next, log.size()).stream().filter(this::sees))
                        .as("missing at the end")
                        .isEmpty();
            }
            if (!shortHistory) {
                assertThat(seen).noneMatch(e -> e.name().equals("gap"));
            }
        }
    }
}
