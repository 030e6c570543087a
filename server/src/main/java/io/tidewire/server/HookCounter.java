package io.tidewire.server;

/**
 * The hooks' counters, all of which only grow. What must add up: every event of the webhooks is delivered, dropped, or still waiting;
 * every question to the authoriser is a cache hit, joined a call, or is a call of its own, which ends once.
 */
public enum HookCounter {
    /** Events in batches that the receiver took. */
    WEBHOOK_DELIVERED("tidewire.webhooks.delivered", "Events that the webhook's receiver took"),
    /** Events that will never be delivered. */
    WEBHOOK_DROPPED("tidewire.webhooks.dropped", "Events that no webhook delivered"),
    /** Requests that were not answered by 2xx, whatever came of them. */
    WEBHOOK_FAILED("tidewire.webhooks.failed", "Requests of webhooks that failed"),
    /** Requests that repeat one which failed. */
    WEBHOOK_RETRIES("tidewire.webhooks.retries", "Requests of webhooks that were tried again"),
    /** Questions put to the application. */
    AUTHORIZE_CALLS("tidewire.authorize.calls", "Authorise calls to the application"),
    /** Calls without an answer that makes sense; whoever waited got 503. */
    AUTHORIZE_FAILED("tidewire.authorize.failed", "Authorise calls that failed"),
    /** Calls that the application answered by 401 or 403. */
    AUTHORIZE_REFUSED("tidewire.authorize.refused", "Authorise calls that were answered by a refusal"),
    /** Questions answered from the cache, refusals included. */
    AUTHORIZE_CACHE_HITS("tidewire.authorize.cache.hits", "Authorise questions answered from the cache"),
    /** Questions that waited for the answer to another one like them. */
    AUTHORIZE_JOINED("tidewire.authorize.joined", "Authorise questions that joined a call under way");

    private final String metric;
    private final String description;

    HookCounter(String metric, String description) {
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
