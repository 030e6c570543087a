package io.tidewire.hub;

/**
 * How many connections something reached.
 *
 * @param connections those it was for
 * @param scope the hubs on which they were counted
 */
public record Reach(long connections, Scope scope) {}
