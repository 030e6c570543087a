/** The log in Redis, against servers that the tests start. */
@org.jspecify.annotations.NullMarked
package io.tidewire.log.redis;
