package io.tidewire.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that a test moves by hand. Any thread may read it. */
final class SteppedClock implements InstantSource {
    private volatile Instant now = Instant.ofEpochMilli(1_700_000_000_000L); // any day will do

    @Override
    public Instant instant() {
        return now;
    }

    void advance(Duration time) {
        now = now.plus(time);
    }
}
