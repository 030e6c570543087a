package io.tidewire.log.kafka;

import io.tidewire.log.Audience;
import io.tidewire.log.Update;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Records of a bridged Kafka topic as updates. Stateless. */
final class BridgeFormat {
    private static final String EVENT_HEADER = "event";

    /** What a record without a value is: the key's last state is that it has none. */
    private static final String DELETED = "deleted";

    private final int maxBytes;

    /** Creates one that takes values of up to so many bytes. */
    BridgeFormat(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * {@return the record as an update}
     *
     * @throws IllegalArgumentException if it cannot be one: too large, no UTF-8
     */
    Update read(Bridge bridge, ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value();
        if (value != null && value.length > maxBytes) {
            throw new IllegalArgumentException(
                    "value: " + value.length + " bytes (expected: at most " + maxBytes + ")");
        }
        return Update.to(Audience.topic(topicOf(bridge, record.key())))
                .event(value == null ? DELETED : eventOf(record))
                .data(value == null ? "" : text("value", value))
                .build();
    }

    /** Control characters and '*' cannot stand in a topic; '_' stands for them. */
    private static String topicOf(Bridge bridge, byte @Nullable [] key) {
        if (key == null || key.length == 0) {
            return bridge.topicPrefix();
        }
        String text = text("key", key);
        StringBuilder topic = new StringBuilder(bridge.topicPrefix()).append('/');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            topic.append(c == '*' || Character.isISOControl(c) ? '_' : c);
        }
        return topic.toString(); // one that is too long is refused by the update
    }

    private static @Nullable String eventOf(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(EVENT_HEADER);
        if (header == null || header.value() == null) {
            return null;
        }
        String name = new String(header.value(), StandardCharsets.UTF_8);
        boolean valid = !name.isEmpty()
                && name.length() <= Update.MAX_EVENT_LENGTH
                && name.chars().noneMatch(Character::isISOControl);
        return valid ? name : null;
    }

    private static String text(String what, byte[] utf8) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(what + ": no UTF-8 (expected: text)", e);
        }
    }
}
