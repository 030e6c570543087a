package io.tidewire.client;

/**
 * Where an {@link EventSource} stands.
 *
 * <pre>
 * CONNECTING ── 200 and text/event-stream ──▶ OPEN
 * OPEN ── end, cut, silence ──▶ CONNECTING          (waits, then tries again)
 * either ── close(), or an end that is final ──▶ CLOSED      (for good)
 * </pre>
 */
public enum ConnectionState {
    /** Not started yet, on its way to a server, or waiting before the next attempt. */
    CONNECTING,
    /** The server answered with an event stream, which is being read. */
    OPEN,
    /** Over; a closed source never opens again. {@link EventSource#lastError()} says why. */
    CLOSED
}
