package io.tidewire.app.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Two hubs on one Redis, replaced one after the other under thousands of clients, as an orchestrator does it. */
final class RollingDeploy {
    private static final int BIN_MILLIS = 500;
    /** More than this share of the reconnects in one bin is a rush. */
    private static final double RUSH = 0.4;
    /** Past its drain, until a hub has ended. */
    private static final Duration END_PATIENCE = Duration.ofSeconds(20);
    /** Before and after each deployment, so that there are events on both sides of it. */
    private static final Duration CALM = Duration.ofSeconds(1);

    /** A load balancer learns late that a hub goes; until then some are sent to it. */
    private static final Duration NOTICED = Duration.ofMillis(500);

    private static final int BAR_WIDTH = 50;

    /**
     * What is deployed under whom.
     *
     * @param drain over which a hub is told to close its streams
     */
    record Plan(Traffic.Volume volume, Duration drain, long seed) {}

    private final Plan plan;
    private final Rota rota = new Rota();
    private final List<HubUnderFault> hubs = new ArrayList<>();
    private final Summary summary = new Summary();

    private RollingDeploy(Plan plan) {
        this.plan = plan;
    }

    static Summary run(Plan plan) throws InterruptedException {
        try (TemporaryFolder folder = TemporaryFolder.create();
                StoreServer store = new RedisUnderFault(folder.path())) {
            return new RollingDeploy(plan).run(folder, store);
        }
    }

    private Summary run(TemporaryFolder folder, StoreServer store) throws InterruptedException {
        List<String> arguments = new ArrayList<>(store.hubArguments());
        arguments.addAll(List.of("--keep-alive", "2s", "--drain", plan.drain().toMillis() + "ms"));
        System.out.println("rolling-deploy: seed " + plan.seed());
        summary.text("rolling-deploy, seed " + plan.seed() + ", drain "
                + plan.drain().toMillis() + " ms");
        Random random = new Random(plan.seed());
        try (Traffic traffic = new Traffic(rota, plan.volume(), new ReaderLoop.Manners(true), random.nextLong())) {
            for (String name : List.of("hub-a", "hub-b")) {
                hubs.add(new HubUnderFault(name, folder.path(), arguments));
            }
            for (HubUnderFault hub : hubs) {
                hub.awaitReady();
                rota.add(hub);
            }
            traffic.start();
            for (HubUnderFault hub : hubs) {
                deploy(hub, traffic);
            }
            traffic.finish(summary);
            return summary;
        } finally {
            hubs.forEach(HubUnderFault::close);
        }
    }

    private void deploy(HubUnderFault hub, Traffic traffic) throws InterruptedException {
        Patience.pass(CALM);
        traffic.requireWriters();
        traffic.takeReturns();
        traffic.stage(hub.name() + " is drained");
        long beganNanos = System.nanoTime();
        hub.terminate();
        Patience.pass(NOTICED);
        rota.remove(hub);
        hub.awaitEnd(plan.drain().plus(END_PATIENCE));
        long endMillis = (System.nanoTime() - beganNanos) / 1_000_000;
        traffic.stage(hub.name() + " has ended, its clients come back");
        traffic.awaitConnected();
        summary.text(String.format("  %s ended %,d ms after SIGTERM; its clients came back:", hub.name(), endMillis));
        histogram(hub.name(), beganNanos, traffic.takeReturns());
        traffic.stage(hub.name() + " starts");
        hub.start();
        hub.awaitReady();
        rota.add(hub);
        Patience.pass(CALM);
    }

    private void histogram(String name, long beganNanos, List<Long> returnsNanos) {
        int[] bins = new int[1];
        for (long nanos : returnsNanos) {
            int bin = (int) ((nanos - beganNanos) / 1_000_000 / BIN_MILLIS);
            bins = bin < bins.length ? bins : java.util.Arrays.copyOf(bins, bin + 1);
            bins[bin]++;
        }
        for (int i = 0; i < bins.length; i++) {
            double share = bins[i] / (double) Math.max(1, returnsNanos.size());
            summary.text(
                    String.format("    %5d ms %5d %s", i * BIN_MILLIS, bins[i], "#".repeat((int) (share * BAR_WIDTH))));
            if (share > RUSH) {
                summary.fault(String.format(
                        "%s: %.0f %% of its clients came back within %d ms (expected: at most %.0f %%)",
                        name, 100 * share, BIN_MILLIS, 100 * RUSH));
            }
        }
        if (returnsNanos.isEmpty()) {
            summary.fault(name + ": had no clients");
        }
    }
}
