package io.tidewire.log.redis;

import io.tidewire.log.Retention;
import io.tidewire.log.TopicRetention;
import java.time.InstantSource;

/** What every script is told: the time, and how much history is kept. Immutable. */
final class Bounds {
    /** How many arguments they are. */
    static final int ARGUMENTS = 5;

    private final InstantSource clock;
    private final Connector connector;
    private final byte[] events;
    private final byte[] bytes;
    private final byte[] ageMillis;

    Bounds(Retention retention, InstantSource clock, Connector connector) {
        this.clock = clock;
        this.connector = connector;
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
        all[4] = Answers.bytes(connector.freshEpoch());
        System.arraycopy(own, 0, all, ARGUMENTS, own.length);
        return all;
    }
}
