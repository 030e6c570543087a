package io.tidewire.log.sqlite;

/**
 * What the writer has committed, as readers may see it. Published before anybody is told.
 *
 * @param head the number of the newest event
 * @param floor the number up to which the log's own bounds have cut
 * @param oldestMillis when the oldest event above the floor was taken; {@link Long#MAX_VALUE} if there is none
 * @param cut the highest number that the bounds of a single topic have cut
 * @param indexed the number up to which the index of topics has every event
 * @param expiresMillis before this no event exceeds the age of its topic's bounds
 */
record View(long head, long floor, long oldestMillis, long cut, long indexed, long expiresMillis) {}
