/** A log that many hubs share: partitions of Kafka topics, and a bus between the hubs. */
@org.jspecify.annotations.NullMarked
package io.tidewire.log.kafka;
