package io.tidewire.llm;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one timer of an event loop, for all its answers: thousands of timers would cost more than the tokens. Runs only while there are
 * answers. Touched by its loop alone.
 */
final class ModelPacer {
    /** A quarter of the time between two tokens at 50 a second, so that they look evenly spaced. */
    private static final long TICK_MILLIS = 5;

    private final EventLoop loop;
    private final List<ModelAnswer> answers = new ArrayList<>();

    /** Begun during a tick, perhaps; so never added to the list that is being walked. */
    private final List<ModelAnswer> arrivals = new ArrayList<>();

    private @Nullable Future<?> ticking;

    ModelPacer(EventLoop loop) {
        this.loop = loop;
    }

    long nowNanos() {
        return loop.ticker().nanoTime();
    }

    void begin(ModelAnswer answer) {
        arrivals.add(answer);
        answer.pump(nowNanos());
        if (ticking == null) {
            ticking = loop.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    void release() {
        answers.forEach(ModelAnswer::release);
        arrivals.forEach(ModelAnswer::release);
    }

    private void tick() {
        answers.addAll(arrivals);
        arrivals.clear();
        long nowNanos = nowNanos();
        answers.removeIf(answer -> answer.pump(nowNanos));
        Future<?> timer = ticking;
        if (answers.isEmpty() && arrivals.isEmpty() && timer != null) {
            timer.cancel(false);
            ticking = null;
        }
    }
}
