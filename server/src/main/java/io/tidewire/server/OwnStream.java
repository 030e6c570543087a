package io.tidewire.server;

/** A response that goes on by itself, beside the hub's subscriptions, and must be told when the server stops. */
interface OwnStream {
    /** Tells the client, and ends the response; any thread. */
    void shutDown();
}
