package io.tidewire.app.faults;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the scripts in {@code bench/faults} run. Exit code 0: nothing was lost, doubled or out of order. */
@Command(
        name = "faults",
        description = "Kills and deploys hubs under load, and accounts for every event",
        mixinStandardHelpOptions = true,
        subcommands = {
            FaultsCommand.KillSqlite.class,
            FaultsCommand.KillRedis.class,
            FaultsCommand.KillKafka.class,
            FaultsCommand.Deploy.class
        })
final class FaultsCommand {
    private FaultsCommand() {}

    public static void main(String[] arguments) {
        CommandLine line = new CommandLine(new FaultsCommand());
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            if (!(e instanceof FaultException)) {
                throw e;
            }
            System.err.println(e.getMessage());
            return 1;
        });
        System.exit(line.execute(arguments));
    }

    /** Prints it; {@return the exit code}. */
    private static int exit(Summary summary) {
        System.out.println(summary);
        return summary.isClean() ? 0 : 1;
    }

    /** What the commands have in common. */
    static final class Common {
        @Option(
                names = "--writers",
                defaultValue = "8",
                description = "Writers, each with a topic of its own (${DEFAULT-VALUE})")
        int writers;

        @Option(names = "--readers", defaultValue = "8", description = "Readers (${DEFAULT-VALUE})")
        int readers;

        @Option(names = "--seed", description = "Replays the random moments of a run; the load is never the same")
        long seed = ThreadLocalRandom.current().nextLong();

        @Option(names = "--help", usageHelp = true, description = "Shows this")
        boolean help;
    }

    /** One hub, history in a directory. */
    @Command(name = "kill-sqlite", description = "Kills a hub with --data again and again")
    static final class KillSqlite implements Callable<Integer> {
        @CommandLine.Mixin
        final Common common = new Common();

        @Option(names = "--kills", defaultValue = "50", description = "kill -9 of the hub (${DEFAULT-VALUE})")
        int kills;

        @Override
        public Integer call() throws InterruptedException {
            Traffic.Volume volume = new Traffic.Volume(common.writers, common.readers, 0);
            return exit(KillRun.sqlite(new KillRun.Plan(kills, 0, 0, volume, common.seed)));
        }
    }

    /** Two hubs, history in a store that they share. */
    abstract static class KillShared implements Callable<Integer> {
        @CommandLine.Mixin
        final Common common = new Common();

        @Option(names = "--kills", defaultValue = "20", description = "kill -9 of a hub (${DEFAULT-VALUE})")
        int kills;

        @Option(
                names = "--pauses",
                defaultValue = "4",
                description = "The store stands still for 3 s (${DEFAULT-VALUE})")
        int pauses;

        @Option(names = "--store-kills", defaultValue = "4", description = "kill -9 of the store (${DEFAULT-VALUE})")
        int storeKills;

        final KillRun.Plan plan() {
            Traffic.Volume volume = new Traffic.Volume(common.writers, common.readers, 0);
            return new KillRun.Plan(kills, pauses, storeKills, volume, common.seed);
        }
    }

    /** In Redis. */
    @Command(name = "kill-redis", description = "Kills two hubs on one Redis in turn, and stops and kills Redis")
    static final class KillRedis extends KillShared {
        @Override
        public Integer call() throws InterruptedException {
            return exit(KillRun.redis(plan()));
        }
    }

    /** In Kafka. */
    @Command(name = "kill-kafka", description = "Kills two hubs on one Kafka in turn, and stops and kills Kafka")
    static final class KillKafka extends KillShared {
        @Override
        public Integer call() throws InterruptedException {
            return exit(KillRun.kafka(plan()));
        }
    }

    /** Two hubs on Redis, replaced in turn. */
    @Command(name = "rolling-deploy", description = "Replaces two hubs on one Redis in turn")
    static final class Deploy implements Callable<Integer> {
        @Option(names = "--clients", defaultValue = "2000", description = "Clients (${DEFAULT-VALUE})")
        int clients;

        @Option(names = "--rate", defaultValue = "50", description = "Events per second (${DEFAULT-VALUE})")
        int perSecond;

        @Option(names = "--drain", defaultValue = "5", description = "Seconds of a hub's drain (${DEFAULT-VALUE})")
        int drainSeconds;

        @Option(names = "--seed", description = "Replays the choices of a run")
        long seed = ThreadLocalRandom.current().nextLong();

        @Option(names = "--help", usageHelp = true, description = "Shows this")
        boolean help;

        @Override
        public Integer call() throws InterruptedException {
            Traffic.Volume volume = new Traffic.Volume(4, clients, perSecond);
            return exit(RollingDeploy.run(new RollingDeploy.Plan(volume, Duration.ofSeconds(drainSeconds), seed)));
        }
    }
}
