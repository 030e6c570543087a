package io.tidewire.app.faults;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Publishes 1, 2, 3, … to a topic of its own and to the one of all, each until it is acknowledged. One thread. */
final class Writer implements Runnable {
    static final String EVENT = "work";
    static final String SHARED_TOPIC = "all";
    /** Events of different sizes: batches end anywhere. */
    private static final String PADDING = "-".repeat(400);

    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(15);
    /** How long an event may find nobody who takes it, before the run is given up. */
    private static final Duration PUBLISH_PATIENCE = Duration.ofSeconds(90);

    private static final Duration NO_HUB_PATIENCE = Duration.ofSeconds(60);
    private static final long PAUSE_MILLIS = 20;

    /**
     * What all writers of a run have in common.
     *
     * @param pace time from one event of a writer to its next; zero is as fast as they are acknowledged
     */
    record Desk(Rota rota, Tally tally, HttpClient http, CountDownLatch stop, Duration pace) {}

    private final int number;
    private final Desk desk;
    private final Random random;
    private volatile @Nullable FaultException failure;

    Writer(int number, Desk desk, long seed) {
        this.number = number;
        this.desk = desk;
        this.random = new Random(seed);
    }

    static String topic(int writer) {
        return "writers/" + writer;
    }

    /** {@return why it gave up; null if it did not} */
    @Nullable
    FaultException failure() {
        return failure;
    }

    @Override
    public void run() {
        try {
            long dueNanos = System.nanoTime();
            for (long event = 1; !isStopped(dueNanos); event++) {
                long beganNanos = System.nanoTime();
                publish(event);
                desk.tally.acknowledged(number, event, System.nanoTime() - beganNanos);
                dueNanos += desk.pace.toNanos();
            }
        } catch (FaultException e) {
            failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isStopped(long dueNanos) throws InterruptedException {
        return desk.stop.await(Math.max(0, dueNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    private void publish(long event) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + PUBLISH_PATIENCE.toNanos();
        String refusal = refusal(event);
        while (refusal != null) {
            desk.tally.refused("publish: " + refusal);
            desk.tally.repeats.increment();
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new FaultException("writer " + number + ": event " + event + " not acknowledged within "
                        + PUBLISH_PATIENCE.toSeconds() + " s; the last answer was: " + refusal);
            }
            Patience.pass(Duration.ofMillis(PAUSE_MILLIS));
            refusal = refusal(event);
        }
    }

    /** Publishes it; {@return why it was not acknowledged, null if it was}. */
    private @Nullable String refusal(long event) throws InterruptedException {
        InetSocketAddress hub = desk.rota.await(random, NO_HUB_PATIENCE);
        String uri = "http://127.0.0.1:" + hub.getPort() + "/events?topic=" + SHARED_TOPIC + "&topic=" + topic(number)
                + "&event=" + EVENT;
        String data = number + ":" + event + " " + PADDING.substring(0, (int) (event * 37 % PADDING.length()));
        HttpRequest request = HttpRequest.newBuilder(URI.create(uri))
                .timeout(ANSWER_PATIENCE)
                .header("Content-Type", "text/plain")
                .header("Idempotency-Key", number + "-" + event)
                .POST(HttpRequest.BodyPublishers.ofString(data))
                .build();
        try {
            HttpResponse<String> answer = desk.http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == 200) {
                if (answer.body().contains("\"duplicate\":true")) {
                    desk.tally.duplicates.increment();
                }
                return null;
            }
            if (answer.statusCode() < 500) {
                throw new FaultException(
                        "publish: status " + answer.statusCode() + " (expected: 200 or 503): " + answer.body());
            }
            return "status " + answer.statusCode();
        } catch (IOException e) {
            return e.getClass().getSimpleName();
        }
    }
}
