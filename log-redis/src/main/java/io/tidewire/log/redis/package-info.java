/** A log that many hubs share: Redis Streams, and a bus between the hubs. */
@org.jspecify.annotations.NullMarked
package io.tidewire.log.redis;
