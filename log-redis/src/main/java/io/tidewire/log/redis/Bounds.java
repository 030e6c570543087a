package io.tidewire.log.redis;

import io.tidewire.log.Retention;
import io.tidewire.log.TopicRetention;
import java.time.Duration;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/** What every script is told: the time, and how much history is kept. Immutable. */
final class Bounds {
    /** How many arguments they are. */
    static final int ARGUMENTS = 5;

    /** Epochs of six digits in base 36: they look alike, and fit the second half of a stream id. */
    private static final long MIN_EPOCH = 36L * 36 * 36 * 36 * 36;

    private static final long MAX_EPOCH = MIN_EPOCH * 36;

    /** For so long what was cut stays in the stream, unseen by readers, for hubs that follow a little behind. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final InstantSource clock;
    private final RandomGenerator random;
    private final byte[] events;
    private final byte[] bytes;
    private final byte[] ageMillis;

    Bounds(Retention retention, InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
        this.events = Answers.bytes(Long.toString(retention.maxEvents()));
        this.bytes = Answers.bytes(Long.toString(retention.maxBytes()));
        boolean forEver = retention.maxAge().compareTo(TopicRetention.FOREVER) > 0;
        this.ageMillis =
                Answers.bytes(Long.toString((forEver ? TopicRetention.FOREVER : retention.maxAge()).toMillis()));
    }

    /** {@return the arguments of a script: these and its own} */
    byte[][] with(byte[][] own) {
        byte[][] all = new byte[ARGUMENTS + own.length][];
        all[0] = Answers.bytes(Long.toString(clock.millis()));
        all[1] = events;
        all[2] = bytes;
        all[3] = ageMillis;
        all[4] = Answers.bytes(freshEpoch());
        System.arraycopy(own, 0, all, ARGUMENTS, own.length);
        return all;
    }

    /** {@return the epoch for a log that begins with the next script} */
    private String freshEpoch() {
        return Long.toString(random.nextLong(MIN_EPOCH, MAX_EPOCH));
    }

    /** {@return what begins a log} */
    Connector.Opening opening(byte[][] keys) {
        return new Connector.Opening(Script.OPEN, keys, () -> Answers.bytes("0", "1", "1", "1", freshEpoch()));
    }

    /** {@return what clears a log away} */
    Trimmer.Job trimming(byte[][] keys) {
        String graceMicros = Long.toString(GRACE.toNanos() / 1000);
        return new Trimmer.Job(
                Script.TRIM,
                keys,
                cursor -> with(Answers.bytes(graceMicros, cursor)),
                "History cannot be trimmed and goes on growing");
    }
}
