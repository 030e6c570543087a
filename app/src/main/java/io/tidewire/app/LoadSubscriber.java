package io.tidewire.app;

import io.tidewire.sse.DecodedEvent;
import io.tidewire.sse.DecoderLimits;
import io.tidewire.sse.EventDecoder;
import io.tidewire.sse.EventSink;
import java.nio.ByteBuffer;

/** One subscriber of the load generator: checks that the events of its topic come one after the other. */
final class LoadSubscriber implements EventSink {
    final int topic;
    private final LoadGenerator generator;
    private final EventDecoder decoder = new EventDecoder(DecoderLimits.defaults(), this);
    private boolean connected;
    private int taken;
    private long expected = 1;
    private long missed;
    private long repeated;

    LoadSubscriber(int topic, LoadGenerator generator) {
        this.topic = topic;
        this.generator = generator;
    }

    String path() {
        return "/events?topic=bench/" + topic;
    }

    /** Takes some bytes of its stream. */
    void feed(ByteBuffer bytes, int count) {
        decoder.feed(bytes.array(), bytes.arrayOffset() + bytes.position(), count);
        bytes.position(bytes.position() + count);
    }

    /** Counts bytes of its window; {@return how many are to be given back}. */
    int take(int bytes) {
        taken += bytes;
        return taken;
    }

    @Override
    public void event(DecodedEvent event) {
        ByteBuffer data = event.dataBytes();
        if (!connected) {
            connected = true; // the hub's own first event
            generator.connected();
            return;
        }
        if (event.dataLength() < LoadPlan.LEAST_PAYLOAD || !event.type().equals("message")) {
            return;
        }
        long number = hex(data, data.position());
        long sentNanos = hex(data, data.position() + 17);
        if (number == expected) {
            expected++;
        } else if (number > expected) {
            missed += number - expected;
            expected = number + 1;
        } else {
            repeated++;
        }
        generator.delivered(topic, sentNanos);
    }

    /** {@return how many of the topic's events were never seen} */
    long lost(long published) {
        return missed + Math.max(0, published + 1 - expected);
    }

    long repeated() {
        return repeated;
    }

    private static long hex(ByteBuffer data, int from) {
        long value = 0;
        for (int i = 0; i < 16; i++) {
            value = (value << 4) | Character.digit(data.get(from + i), 16);
        }
        return value;
    }
}
