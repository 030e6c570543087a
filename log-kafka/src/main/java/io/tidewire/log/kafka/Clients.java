package io.tidewire.log.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes Kafka's clients, with the properties that what we promise hangs on. Immutable. */
final class Clients {
    /** A broker that does not answer for so long is asked again, or another one. */
    private static final long MAX_REQUEST_TIMEOUT_MILLIS = 5000;

    /** A topic just created is not known to every broker at once: a retry after Kafka's 100 ms would be felt at each start. */
    private static final String RETRY_BACKOFF_MILLIS = "20";

    /** A record is more than its value: its headers, the batch around it. */
    private static final int RECORD_OVERHEAD_BYTES = 16 << 10;

    private static final int PRODUCER_BATCH_BYTES = 128 << 10;
    private static final int MIN_PRODUCER_BUFFER_BYTES = 64 << 20;
    private static final int MAX_POLL_RECORDS = 2000;

    /** A page has a quarter of a mebibyte at most, and what is fetched beyond it is mostly thrown away. */
    private static final int FETCH_BYTES = 512 << 10;

    private final KafkaConfig config;

    Clients(KafkaConfig config) {
        this.config = config;
    }

    Admin admin() {
        Map<String, Object> properties = common();
        properties.put("default.api.timeout.ms", millis(config.connectTimeout()));
        properties.put("request.timeout.ms", requestTimeout(config.connectTimeout()));
        return Admin.create(properties);
    }

    Producer<byte[], byte[]> producer() {
        Map<String, Object> properties = common();
        int largest = largestRequest();
        properties.putIfAbsent("linger.ms", "0"); // what comes while a request is under way makes a batch anyway
        properties.putIfAbsent("batch.size", Integer.toString(PRODUCER_BATCH_BYTES));
        properties.put("acks", "all");
        properties.put("enable.idempotence", "true");
        properties.put("max.request.size", Integer.toString(largest));
        properties.put("buffer.memory", Long.toString(Math.max(MIN_PRODUCER_BUFFER_BYTES, 2L * largest)));
        properties.put("delivery.timeout.ms", millis(config.deliveryTimeout()));
        properties.put("request.timeout.ms", requestTimeout(config.deliveryTimeout()));
        properties.put("max.block.ms", millis(config.deliveryTimeout()));
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** {@return a consumer that waits for what is new} */
    Consumer<byte[], byte[]> follower() {
        return consumer(common());
    }

    /** {@return a consumer for what is known to be there} */
    Consumer<byte[], byte[]> fetcher() {
        Map<String, Object> properties = common();
        // There is one request at a time to a broker: one that waits for news at the end of a partition holds up the
        // next page.
        properties.put("fetch.max.wait.ms", "0");
        properties.putIfAbsent("max.partition.fetch.bytes", Integer.toString(FETCH_BYTES));
        return consumer(properties);
    }

    private Consumer<byte[], byte[]> consumer(Map<String, Object> properties) {
        properties.put("enable.auto.commit", "false");
        properties.put("auto.offset.reset", "none");
        properties.put("isolation.level", "read_uncommitted");
        properties.put("allow.auto.create.topics", "false");
        properties.putIfAbsent("max.poll.records", Integer.toString(MAX_POLL_RECORDS));
        properties.put("default.api.timeout.ms", millis(config.connectTimeout()));
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** {@return the size of the largest request that has a record of the largest size in it} */
    int largestRequest() {
        return config.maxRecordBytes() + RECORD_OVERHEAD_BYTES;
    }

    private Map<String, Object> common() {
        Map<String, Object> properties = new HashMap<>(config.clientProperties());
        properties.put("bootstrap.servers", config.bootstrapServers());
        properties.putIfAbsent("client.id", "tidewire");
        properties.putIfAbsent("retry.backoff.ms", RETRY_BACKOFF_MILLIS);
        properties.putIfAbsent("enable.metrics.push", "false");
        return properties;
    }

    private static String requestTimeout(Duration whole) {
        return Long.toString(Math.min(MAX_REQUEST_TIMEOUT_MILLIS, whole.toMillis()));
    }

    private static String millis(Duration duration) {
        return Long.toString(duration.toMillis());
    }
}
