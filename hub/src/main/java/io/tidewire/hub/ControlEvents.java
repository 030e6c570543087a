package io.tidewire.hub;

import io.tidewire.log.Gap;
import io.tidewire.sse.EventEncoder;
import io.tidewire.sse.JsonData;
import java.time.InstantSource;

/** Encodes the events that the hub itself sends. Owned by one shard's thread. */
final class ControlEvents {
    private final EventEncoder encoder = new EventEncoder();
    private final InstantSource clock;
    private final long keepAliveMillis;
    private final byte[] keepAlive = new EventEncoder().comment("").end().toByteArray();

    ControlEvents(InstantSource clock, long keepAliveMillis) {
        this.clock = clock;
        this.keepAliveMillis = keepAliveMillis;
    }

    /**
     * {@return the first event: the connection's id, the verdict, and how often the connection is kept alive; after a silence of twice
     * that the client may give it up} Its id is the cursor, so that a client that is cut off before its first event loses nothing; but who is to get
     * the current values first gets none, so that it asks for all of them again.
     */
    byte[] connected(Opening opening, long retryMillis) {
        ResumeVerdict verdict = opening.verdict();
        JsonData data = new JsonData()
                .string("connection", opening.connectionId())
                .string("resume", verdict.kind().label())
                .string("from", verdict.from())
                .number("keepAliveMillis", keepAliveMillis);
        Gap gap = verdict.gap();
        if (gap != null) {
            data.knownNumber("missed", gap.missed());
        }
        EventEncoder frame = fresh();
        if (!opening.latestFirst()) {
            frame.id(verdict.from());
        }
        return frame.event("connected")
                .retryMillis(retryMillis)
                .data(data.end())
                .end()
                .toByteArray();
    }

    /** {@return the announcement of a gap} Its id is where it goes on, so that the same gap is not announced twice. */
    byte[] gap(Gap gap) {
        String data = new JsonData()
                .string("from", gap.from())
                .string("to", gap.to())
                .knownNumber("missed", gap.missed())
                .end();
        return fresh().id(gap.to()).event("gap").data(data).end().toByteArray();
    }

    /** {@return the last event of a connection} */
    byte[] closing(CloseReason reason, long retryMillis) {
        String data = new JsonData()
                .string("reason", reason.label())
                .number("retryMillis", retryMillis)
                .end();
        return fresh().event("closing")
                .retryMillis(retryMillis)
                .data(data)
                .end()
                .toByteArray();
    }

    /** {@return a keep-alive that only the client's transport notices} */
    byte[] keepAlive() {
        return keepAlive;
    }

    /** {@return a keep-alive that a page can see, and that moves its cursor though nothing came} */
    byte[] heartbeat(String cursor) {
        String data = new JsonData()
                .string("time", clock.instant().toString())
                .string("cursor", cursor)
                .end();
        return fresh().id(cursor).event("heartbeat").data(data).end().toByteArray();
    }

    private EventEncoder fresh() {
        encoder.clear();
        return encoder;
    }
}
