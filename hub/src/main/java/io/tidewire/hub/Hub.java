package io.tidewire.hub;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Audience;
import io.tidewire.log.EventLog;
import io.tidewire.log.Update;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/** stub */
public final class Hub implements AutoCloseable {
    private Hub() {}

    /** {@return a builder of a hub on this log; the hub closes the log} */
    public static Builder builder(EventLog log) {
        throw new UnsupportedOperationException();
    }

    /** Adds a shard whose owner is the loop. */
    public Shard addShard(Loop loop) {
        throw new UnsupportedOperationException();
    }

    /** Publishes one update. */
    public CompletionStage<AppendResult> publish(Update update) {
        throw new UnsupportedOperationException();
    }

    /** Publishes a batch; results in order. IllegalArgumentException if an event is larger than the limit. */
    public CompletionStage<List<AppendResult>> append(List<Append> batch) {
        throw new UnsupportedOperationException();
    }

    /** {@return how many connections here an update to this audience reaches now: Everyone, User, Connection; 0 for topics} */
    public int reach(Audience audience) {
        throw new UnsupportedOperationException();
    }

    /** {@return all connections} */
    public List<ConnectionInfo> connections() {
        throw new UnsupportedOperationException();
    }

    /** {@return one user's connections} */
    public List<ConnectionInfo> connections(String user) {
        throw new UnsupportedOperationException();
    }

    /** {@return one connection} */
    public Optional<ConnectionInfo> connection(String id) {
        throw new UnsupportedOperationException();
    }

    /** {@return how many connections there are} */
    public int connectionCount() {
        throw new UnsupportedOperationException();
    }

    /** Ends a connection; returns whether there was one. */
    public boolean disconnect(String id, CloseReason reason) {
        throw new UnsupportedOperationException();
    }

    /**
     * Asks whether one more connection may come now (B12): empty if so, else after how many milliseconds to come back.
     */
    public OptionalLong admit() {
        throw new UnsupportedOperationException();
    }

    /** {@return the reconnection time to tell a client now, in ms: jittered, and stretched under a storm (S10)} */
    public long retryMillis() {
        throw new UnsupportedOperationException();
    }

    /** Ends all connections with SHUTDOWN, spread over the time; completes when none is left. */
    public CompletionStage<Void> drain(Duration spread) {
        throw new UnsupportedOperationException();
    }

    /** {@return a counter's value} */
    public long count(HubCounter counter) {
        throw new UnsupportedOperationException();
    }

    /** {@return how many connections ended for this reason} */
    public long closed(CloseReason reason) {
        throw new UnsupportedOperationException();
    }

    /** {@return how many subscribers are catching up now} */
    public int catchingUp() {
        throw new UnsupportedOperationException();
    }

    /** {@return the settings} */
    public HubConfig config() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }

    /** Collects settings. */
    public static final class Builder {
        private Builder() {}

        /** Sets the settings. */
        public Builder config(HubConfig config) {
            throw new UnsupportedOperationException();
        }

        /** Sets the listener. */
        public Builder listener(ConnectionListener listener) {
            throw new UnsupportedOperationException();
        }

        /** Sets the clock for timestamps. */
        public Builder clock(java.time.InstantSource clock) {
            throw new UnsupportedOperationException();
        }

        /** Sets the source of ids and jitter. */
        public Builder random(java.util.random.RandomGenerator random) {
            throw new UnsupportedOperationException();
        }

        /** {@return the hub} */
        public Hub build() {
            throw new UnsupportedOperationException();
        }
    }
}
