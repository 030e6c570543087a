package io.tidewire.app.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Hubs that are killed at random moments, and a store that stands still and is killed, while events are published and read. */
final class KillRun {
    /** Most events that a hub lives for: sometimes it dies while readers still catch up, sometimes with all of them live. */
    private static final int LIFE_EVENTS = 400;
    /** On top of that, so that the moment has nothing to do with an event's. */
    private static final int LIFE_MILLIS = 500;
    /** A life in which nothing can be published ends too; the writers notice if it goes on like that. */
    private static final Duration LONGEST_LIFE = Duration.ofSeconds(10);
    /** One in so many is killed again while it starts. */
    private static final int KILLED_AT_START = 5;
    /** Some time of a start, which takes a second or more. */
    private static final int START_MILLIS = 1_500;
    /** Past the hubs' and their store clients' own time limits of a second or two. */
    private static final Duration STORE_PAUSE = Duration.ofSeconds(3);

    /**
     * How often what.
     *
     * @param kills of hubs
     * @param pauses of the store, spread between them
     * @param storeKills of the store, likewise
     */
    record Plan(int kills, int pauses, int storeKills, Traffic.Volume volume, long seed) {}

    private final Plan plan;
    private final Random random;
    private final Rota rota = new Rota();
    private final List<HubUnderFault> hubs = new ArrayList<>();
    private final @Nullable StoreServer store;
    private int kills;
    private int pauses;
    private int storeKills;

    private KillRun(Plan plan, @Nullable StoreServer store) {
        this.plan = plan;
        this.random = new Random(plan.seed());
        this.store = store;
    }

    /** One hub with its history in a directory. */
    static Summary sqlite(Plan plan) throws InterruptedException {
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            KillRun run = new KillRun(plan, null);
            Path data = folder.path().resolve("data");
            return run.run("kill-sqlite", 1, folder, List.of("--data", data.toString()));
        }
    }

    /** Two hubs with their history in one Redis. */
    static Summary redis(Plan plan) throws InterruptedException {
        try (TemporaryFolder folder = TemporaryFolder.create();
                StoreServer store = new RedisUnderFault(folder.path())) {
            return new KillRun(plan, store).run("kill-redis", 2, folder, store.hubArguments());
        }
    }

    /** Two hubs with their history in one Kafka. */
    static Summary kafka(Plan plan) throws InterruptedException {
        try (TemporaryFolder folder = TemporaryFolder.create();
                StoreServer store = new KafkaUnderFault(folder.path())) {
            return new KillRun(plan, store).run("kill-kafka", 2, folder, store.hubArguments());
        }
    }

    private Summary run(String name, int hubCount, TemporaryFolder folder, List<String> storeArguments)
            throws InterruptedException {
        List<String> arguments = new ArrayList<>(storeArguments);
        arguments.addAll(List.of("--keep-alive", "2s"));
        System.out.println(name + ": seed " + plan.seed());
        try (Traffic traffic = new Traffic(rota, plan.volume(), new ReaderLoop.Manners(false), random.nextLong())) {
            for (int i = 0; i < hubCount; i++) {
                hubs.add(new HubUnderFault("hub-" + (char) ('a' + i), folder.path(), arguments));
            }
            for (HubUnderFault hub : hubs) {
                hub.awaitReady();
                rota.add(hub);
            }
            traffic.start();
            while (kills < plan.kills()) {
                traffic.stage(String.format("kills %d/%d", kills, plan.kills()));
                traffic.requireWriters();
                live(traffic);
                killOne(hubs.get(kills % hubs.size()));
                troubleStore(traffic);
            }
            return account(name, traffic);
        } finally {
            hubs.forEach(HubUnderFault::close);
        }
    }

    /** Lets some events and a moment pass. */
    private void live(Traffic traffic) throws InterruptedException {
        long until = traffic.acknowledged() + random.nextInt(LIFE_EVENTS);
        Patience.until(LONGEST_LIFE, () -> traffic.acknowledged() >= until);
        Patience.pass(Duration.ofMillis(random.nextInt(LIFE_MILLIS)));
    }

    private void killOne(HubUnderFault hub) throws InterruptedException {
        hub.kill();
        rota.remove(hub);
        kills++;
        hub.start();
        boolean again = kills < plan.kills() && random.nextInt(KILLED_AT_START) == 0;
        if (again && !hub.becomesReady(Duration.ofMillis(random.nextInt(START_MILLIS)))) {
            hub.kill();
            kills++;
            hub.start();
        }
        hub.awaitReady();
        rota.add(hub);
    }

    /** Spreads the store's troubles over the kills. */
    private void troubleStore(Traffic traffic) throws InterruptedException {
        StoreServer server = store;
        if (server == null) {
            return;
        }
        double done = (double) kills / plan.kills();
        if (pauses + 0.5 <= done * plan.pauses()) {
            pauses++;
            traffic.stage(server.name() + " stands still");
            live(traffic);
            server.pause();
            Patience.pass(STORE_PAUSE);
            server.goOn();
        }
        if (storeKills + 0.7 <= done * plan.storeKills()) {
            storeKills++;
            traffic.stage(server.name() + " is killed");
            live(traffic);
            server.killAndRestart();
        }
    }

    private Summary account(String name, Traffic traffic) throws InterruptedException {
        Summary summary = new Summary();
        summary.text(name + ", seed " + plan.seed());
        summary.line("kills", kills);
        if (store != null) {
            summary.line(store.name() + " paused, killed", pauses + ", " + storeKills);
        }
        traffic.finish(summary);
        long longest = hubs.stream()
                .mapToLong(hub -> hub.longestStart().toMillis())
                .max()
                .orElse(0);
        summary.line("longest start until ready", longest + " ms");
        return summary;
    }
}
