package io.tidewire.log.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done by the clock, and the look whether the brokers and the topics are still there. Owns a thread. */
final class Watch {
    /** How often time passes. */
    static final long TICK_MILLIS = 250;

    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

    /** A probe every two seconds, which fails after two. */
    private static final int TICKS_PER_PROBE = 8;

    private static final int PROBE_TIMEOUT_MILLIS = 2000;

    private final KafkaConfig config;
    private final Layout layout;
    private final Admin admin;
    private final java.util.function.Consumer<String> gone;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread created = new Thread(task, "tidewire-kafka-watch");
        created.setDaemon(true);
        return created;
    });
    private final List<Runnable> onTick = new ArrayList<>();
    private long ticks;
    private boolean probing;
    private boolean lost;

    /**
     * Creates one that does not run yet.
     *
     * @param gone is told, once, why the log cannot go on for good
     */
    Watch(KafkaConfig config, Layout layout, Admin admin, java.util.function.Consumer<String> gone) {
        this.config = config;
        this.layout = layout;
        this.admin = admin;
        this.gone = gone;
    }

    void start(List<Runnable> tasks) {
        onTick.addAll(tasks);
        thread.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        try {
            onTick.forEach(Runnable::run);
            if (++ticks % TICKS_PER_PROBE == 0 && !probing) {
                probe();
            }
        } catch (RuntimeException e) {
            LOG.error("A task of the clock failed: please report it; the others go on", e);
        }
    }

    private void probe() {
        probing = true;
        List<String> topics =
                layout.sections().stream().map(Layout.Section::topic).toList();
        admin.describeTopics(topics, new DescribeTopicsOptions().timeoutMs(PROBE_TIMEOUT_MILLIS))
                .allTopicNames()
                .toCompletionStage()
                .whenComplete((found, failure) -> thread.execute(() -> {
                    probing = false;
                    if (failure == null) {
                        answered(found);
                    } else {
                        failed(failure.getCause() == null ? failure : failure.getCause());
                    }
                }));
    }

    private void answered(java.util.Map<String, TopicDescription> found) {
        if (lost) {
            lost = false;
            LOG.info("Kafka at {} answers again", config.bootstrapServers());
        }
        for (Layout.Section section : layout.sections()) {
            TopicDescription now = found.get(section.topic());
            if (now != null && !now.topicId().equals(section.id())) {
                gone.accept("The Kafka topic " + section.topic() + " was deleted and made anew (its id is "
                        + now.topicId() + ", was " + section.id() + "): restart the hub");
            }
        }
    }

    private void failed(Throwable failure) {
        if (failure instanceof UnknownTopicOrPartitionException) {
            gone.accept("A Kafka topic of "
                    + layout.sections().stream().map(Layout.Section::topic).toList()
                    + " was deleted: restart the hub, which makes its own anew");
        } else if (!lost) {
            lost = true;
            LOG.warn(
                    "Kafka at {} does not answer: appends fail and readers of old events wait until it is back ({})",
                    config.bootstrapServers(),
                    failure.toString());
        }
    }

    void close() {
        thread.shutdownNow();
    }
}
