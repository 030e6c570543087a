package io.tidewire.app;

import io.tidewire.log.Update;
import io.tidewire.server.Tidewire;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Publishes a number each second to {@code demo/ticker}, for the development page. */
final class Ticker {
    static final String TOPIC = "demo/ticker";

    private Ticker() {}

    static void start(Tidewire server) {
        AtomicLong number = new AtomicLong();
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "tidewire-ticker");
            thread.setDaemon(true);
            return thread;
        });
        timer.scheduleAtFixedRate(
                () -> server.hub()
                        .publish(Update.to(TOPIC)
                                .event("tick")
                                .data("{\"n\":" + number.incrementAndGet() + "}")
                                .build()),
                1,
                1,
                TimeUnit.SECONDS);
    }
}
