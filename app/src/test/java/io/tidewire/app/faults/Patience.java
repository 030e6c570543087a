package io.tidewire.app.faults;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what cannot tell by itself that it has come. */
final class Patience {
    private static final long LOOK_AGAIN_MILLIS = 10;

    private Patience() {}

    /** {@return whether it came in time} */
    static boolean until(Duration limit, BooleanSupplier condition) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNanos > 0) {
                return false;
            }
            pass(Duration.ofMillis(LOOK_AGAIN_MILLIS));
        }
        return true;
    }

    /** Lets time pass where that is the point: a fault lasts, or comes at a random moment. */
    static void pass(Duration time) throws InterruptedException {
        boolean never = new CountDownLatch(1).await(time.toNanos(), TimeUnit.NANOSECONDS);
        assert !never;
    }
}
