package io.tidewire.hub;

/**
 * The engine's counters, all of which only grow. What must add up: opened minus the sum of closed is the number of
 * connections; every gap was announced to its client before the next event.
 */
public enum HubCounter {
    /** Events that the log acknowledged to a publisher here. */
    PUBLISHED("tidewire.events.published", "Events acknowledged to publishers"),
    /** Appends that the log answered with an error. */
    PUBLISH_FAILURES("tidewire.events.publish.failures", "Publishes that the log refused or failed"),
    /** Events handed to an outlet, counted once per subscriber. */
    DELIVERED("tidewire.events.delivered", "Events handed to subscribers' connections"),
    /** Writes to outlets; delivered events divided by it is the batching. */
    WRITES("tidewire.writes", "Writes to subscribers' connections"),
    /** Bytes handed to outlets, before a transport's framing. */
    BYTES("tidewire.bytes.delivered", "Bytes of events handed to subscribers' connections"),
    /** Connections opened. */
    OPENED("tidewire.connections.opened", "Connections opened"),
    /** Connections told to come back later, because too many came at once. */
    DEFERRED("tidewire.connections.deferred", "Connections told to come back later"),
    /** Connections that resumed with nothing missing. */
    RESUMED_FULL("tidewire.resumes.full", "Reconnects that resumed with nothing missing"),
    /** Connections that resumed with a gap, and subscribers whose history was cut while they were parked. */
    GAPS("tidewire.gaps", "Gaps announced to subscribers"),
    /** Live subscribers that stopped draining and fell back to catching up. */
    FELL_BEHIND("tidewire.subscribers.fell.behind", "Live subscribers that stopped draining"),
    /** Pages read from the log because a cursor was older than the window. */
    LOG_PAGES("tidewire.log.pages", "Pages read from the log for cursors older than the window"),
    /** Keep-alives written. */
    KEEP_ALIVES("tidewire.keepalives", "Keep-alives written");

    private final String metric;
    private final String description;

    HubCounter(String metric, String description) {
        this.metric = metric;
        this.description = description;
    }

    /** {@return the metric's name, with dots} */
    public String metric() {
        return metric;
    }

    /** {@return one sentence for the metrics page} */
    public String description() {
        return description;
    }
}
