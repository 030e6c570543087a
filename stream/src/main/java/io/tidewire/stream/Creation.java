package io.tidewire.stream;

/**
 * What became of a creation.
 *
 * @param created whether the stream is new; else it was there, and was left as it was
 * @param info the stream as it is now
 */
public record Creation(boolean created, StreamInfo info) {}
