package io.tidewire.log.kafka;

import io.tidewire.log.Append;
import io.tidewire.log.UpdateCodec;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Appends as records of the log's own Kafka topic. What one version wrote, every later one reads. Stateless. */
final class RecordFormat {
    /*
     * key      the channel of the (first) update, in UTF-8
     * value    the update as UpdateCodec writes it; or, with the header "n", several:
     *          each one an update's length, the update, the lengths of its key and its expectation, and these
     * headers  t  which hub wrote it (8 bytes) and its number there (8 bytes)
     *          k  the idempotency key
     *          e  the expected last id
     *          n  how many updates there are (4 bytes)
     *
     * A batch is one record for each partition that it goes to, so that there it is all or nothing without a transaction.
     */
    private static final String TICKET = "t";
    private static final String KEY = "k";
    private static final String EXPECTED = "e";
    private static final String COUNT = "n";
    private static final byte[] NONE = {};

    /** Three lengths. */
    private static final int FIXED_BYTES = 3 * Integer.BYTES;

    private final UpdateCodec codec = new UpdateCodec();

    /** An append as bytes. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Encoded(String channel, byte[] update, byte[] key, byte[] expected) {
        /** {@return its bytes in a record} */
        int size() {
            return FIXED_BYTES + update.length + key.length + expected.length;
        }
    }

    Encoded encode(Append append) {
        return new Encoded(
                append.update().audience().channel(),
                codec.encode(append.update()),
                bytes(append.idempotencyKey()),
                bytes(append.expectedLast()));
    }

    private static byte[] bytes(@Nullable String text) {
        return text == null ? NONE : text.getBytes(StandardCharsets.UTF_8);
    }

    /** {@return the record of one or more appends} */
    ProducerRecord<byte[], byte[]> write(
            String topic, int partition, long timeMillis, List<Encoded> appends, Ticket ticket) {
        Headers headers = new RecordHeaders();
        headers.add(new RecordHeader(TICKET, ticket.bytes()));
        Encoded first = appends.get(0);
        byte[] value = first.update();
        if (appends.size() == 1) {
            addIfGiven(headers, KEY, first.key());
            addIfGiven(headers, EXPECTED, first.expected());
        } else {
            headers.add(new RecordHeader(
                    COUNT,
                    ByteBuffer.allocate(Integer.BYTES).putInt(appends.size()).array()));
            value = join(appends);
        }
        byte[] key = first.channel().getBytes(StandardCharsets.UTF_8);
        return new ProducerRecord<>(topic, partition, timeMillis, key, value, headers);
    }

    private static void addIfGiven(Headers headers, String name, byte[] value) {
        if (value.length > 0) {
            headers.add(new RecordHeader(name, value));
        }
    }

    private static byte[] join(List<Encoded> appends) {
        int size = 0;
        for (Encoded append : appends) {
            size += append.size();
        }
        ByteBuffer value = ByteBuffer.allocate(size);
        for (Encoded append : appends) {
            value.putInt(append.update().length).put(append.update());
            value.putInt(append.key().length).putInt(append.expected().length);
            value.put(append.key()).put(append.expected());
        }
        return value.array();
    }

    /**
     * {@return the appends in a record}
     *
     * @throws IllegalArgumentException if it is none of ours
     */
    List<Append> read(ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value();
        if (value == null) {
            throw new IllegalArgumentException("record: no value (expected: an update)");
        }
        Header count = record.headers().lastHeader(COUNT);
        if (count == null) {
            return List.of(new Append(
                    codec.decode(value),
                    text(record.headers().lastHeader(KEY)),
                    text(record.headers().lastHeader(EXPECTED))));
        }
        try {
            return split(ByteBuffer.wrap(value), ByteBuffer.wrap(count.value()).getInt());
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("record: ends too early (expected: a batch of updates)", e);
        }
    }

    private static @Nullable String text(@Nullable Header header) {
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    private List<Append> split(ByteBuffer value, int count) {
        if (count < 1 || count > Offsets.MAX_EVENTS) {
            throw new IllegalArgumentException(
                    "record: " + count + " updates (expected: 1 to " + Offsets.MAX_EVENTS + ")");
        }
        List<Append> appends = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] update = take(value, value.getInt());
            int keyLength = value.getInt();
            int expectedLength = value.getInt();
            String key = optional(take(value, keyLength));
            appends.add(new Append(codec.decode(update), key, optional(take(value, expectedLength))));
        }
        return appends;
    }

    private static byte[] take(ByteBuffer value, int length) {
        if (length < 0 || length > value.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        value.get(bytes);
        return bytes;
    }

    private static @Nullable String optional(byte[] utf8) {
        return utf8.length == 0 ? null : new String(utf8, StandardCharsets.UTF_8);
    }

    /** {@return which hub wrote the record, and its number there, or null if it does not say} */
    static @Nullable Ticket ticketOf(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(TICKET);
        if (header == null || header.value().length != Ticket.BYTES) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.wrap(header.value());
        return new Ticket(bytes.getLong(), bytes.getLong());
    }

    /**
     * What tells a hub its own records.
     *
     * @param hub drawn at the hub's start
     * @param number counted there
     */
    record Ticket(long hub, long number) {
        private static final int BYTES = 2 * Long.BYTES;

        byte[] bytes() {
            return ByteBuffer.allocate(BYTES).putLong(hub).putLong(number).array();
        }
    }
}
