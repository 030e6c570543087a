package io.tidewire.log.kafka;

import io.tidewire.log.Audience;
import java.util.regex.Pattern;

/**
 * An existing Kafka topic whose records are served as events, read-only. A record with the key {@code K} becomes an event of the
 * topic {@code topicPrefix/K}, one without a key an event of {@code topicPrefix}; its data is the record's value as UTF-8 text. A
 * record without a value has empty data and the event name {@code deleted}; a header {@code event} names any other event.
 *
 * <pre>{@code
 * new Bridge("orders", "orders-topic") // a record 4711 -> {...} becomes an event of orders/4711
 * }</pre>
 *
 * @param topicPrefix the topic under which they appear
 * @param kafkaTopic the Kafka topic that they come from; it must exist
 */
public record Bridge(String topicPrefix, String kafkaTopic) {
    /** What Kafka allows. */
    private static final Pattern KAFKA_TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,249}");

    /**
     * Checks the names.
     *
     * @throws IllegalArgumentException naming the one that is none
     */
    public Bridge {
        Audience.topic(topicPrefix); // the rules of topics stand there
        if (topicPrefix.endsWith("/")) {
            throw new IllegalArgumentException(
                    "kafka.bridge: " + topicPrefix + " (expected: a topic without '/' at its end)");
        }
        requireKafkaTopic("kafka.bridge", kafkaTopic);
    }

    /** {@return whether an event of this topic could only have come over this bridge} */
    boolean owns(String topic) {
        return topic.startsWith(topicPrefix)
                && (topic.length() == topicPrefix.length() || topic.charAt(topicPrefix.length()) == '/');
    }

    static void requireKafkaTopic(String setting, String name) {
        if (!KAFKA_TOPIC.matcher(name).matches() || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException(
                    setting + ": " + name + " (expected: 1 to 249 of A-Z a-z 0-9 . _ -, the name of a Kafka topic)");
        }
    }
}
