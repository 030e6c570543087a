package io.tidewire.bench;

import io.tidewire.sse.EventEncoder;
import io.tidewire.sse.ServerSentEvent;
import java.util.ArrayList;
import java.util.List;

/** What is parsed and encoded: about a mebibyte on the wire each, so that operations per second read as MiB/s. */
public enum Workload {
    /** As a language model streams: an id and a token in a little JSON of some 40 bytes. */
    TOKENS {
        @Override
        String data(int index) {
            return "{\"i\":%d,\"delta\":{\"text\":\" token%02d\"}}".formatted(10_000 + index, index % 100);
        }
    },
    /** A JSON object of 1 KiB. */
    JSON {
        @Override
        String data(int index) {
            String open = "{\"index\":" + (10_000 + index) + ",\"list\":[";
            String items = "\"some text\",".repeat(80);
            return open + items + "\"" + "x".repeat(1024 - 4 - open.length() - items.length()) + "\"]}";
        }
    };

    /** One operation's bytes. */
    public static final int BYTES = 1 << 20;

    // What is around the text of a comment, and one character of it: ": x" and two line ends.
    private static final int FILLER_BYTES = 5;

    abstract String data(int index);

    /** {@return events of together at most {@link #BYTES} on the wire, and nearly so} */
    List<ServerSentEvent> events() {
        List<ServerSentEvent> events = new ArrayList<>();
        var encoder = new EventEncoder();
        for (int i = 0; ; i++) {
            ServerSentEvent event = ServerSentEvent.builder()
                    .id("run7-" + (100_000 + i))
                    .data(data(i))
                    .build();
            if (encoder.add(event).size() > BYTES - FILLER_BYTES) {
                return events;
            }
            events.add(event);
        }
    }

    /** {@return the events as exactly {@link #BYTES}, filled up by a comment} */
    byte[] stream() {
        var encoder = new EventEncoder();
        events().forEach(encoder::add);
        encoder.comment("x".repeat(BYTES - encoder.size() - FILLER_BYTES + 1)).end();
        return encoder.toByteArray();
    }
}
