package io.tidewire.app;

import io.tidewire.sse.DecodedEvent;
import io.tidewire.sse.DecoderLimits;
import io.tidewire.sse.EventDecoder;
import io.tidewire.sse.EventSink;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * One subscriber of the load generator: checks that the events of its topic come one after the other. Chunk framing is taken off
 * by hand: the JDK's client would need threads for as many connections as this opens.
 */
final class LoadSubscriber implements EventSink {
    private enum Part {
        HEAD,
        SIZE,
        DATA,
        END_OF_CHUNK
    }

    private static final int END_OF_HEAD = 0x0d0a0d0a;

    final SocketChannel channel;
    final int topic;
    private final LoadGenerator generator;
    private final EventDecoder decoder = new EventDecoder(DecoderLimits.defaults(), this);
    private Part part = Part.HEAD;
    private int lastFour;
    private int chunkLeft;
    private boolean connected;
    private long expected = 1;
    private long missed;
    private long repeated;

    LoadSubscriber(SocketChannel channel, int topic, LoadGenerator generator) {
        this.channel = channel;
        this.topic = topic;
        this.generator = generator;
    }

    void feed(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            switch (part) {
                case HEAD -> {
                    lastFour = (lastFour << 8) | (bytes.get() & 0xff);
                    if (lastFour == END_OF_HEAD) {
                        part = Part.SIZE;
                    }
                }
                case SIZE -> size(bytes.get());
                case DATA -> data(bytes);
                case END_OF_CHUNK -> {
                    if (bytes.get() == '\n') {
                        part = Part.SIZE;
                    }
                }
            }
        }
    }

    private void size(byte b) {
        if (b == '\n') {
            part = Part.DATA;
        } else if (b != '\r') {
            chunkLeft = chunkLeft * 16 + Character.digit(b, 16);
        }
    }

    private void data(ByteBuffer bytes) {
        int take = Math.min(chunkLeft, bytes.remaining());
        decoder.feed(bytes.array(), bytes.arrayOffset() + bytes.position(), take);
        bytes.position(bytes.position() + take);
        chunkLeft -= take;
        if (chunkLeft == 0) {
            part = Part.END_OF_CHUNK;
        }
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
