package io.tidewire.hub;

import io.tidewire.log.Audience;
import io.tidewire.log.LogEntry;
import io.tidewire.log.Position;
import io.tidewire.log.Update;
import io.tidewire.sse.EventEncoder;
import io.tidewire.sse.JsonData;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A log entry on its way to subscribers: its place in the window, and its bytes, encoded once for all of them.
 *
 * <p>Made by the window's writer and handed to the shards by the window's volatile head. The frames of the rarer styles are made
 * when first wanted; two shards may do so at once and come to the same bytes.
 */
final class Entry {
    private final long seq;
    private final Position before;
    private final LogEntry logged;
    private final byte[] plain;
    private volatile byte @Nullable [] envelope;
    private volatile byte @Nullable [] named;

    Entry(long seq, Position before, LogEntry logged, EventEncoder encoder) {
        this.seq = seq;
        this.before = before;
        this.logged = logged;
        this.plain = encode(logged, FrameStyle.PLAIN, encoder);
    }

    /** {@return its place in this process's window; meaningless to any other process} */
    long seq() {
        return seq;
    }

    /** {@return the cursor that has seen everything before it} */
    Position before() {
        return before;
    }

    Position position() {
        return logged.position();
    }

    LogEntry logged() {
        return logged;
    }

    Update update() {
        return logged.update();
    }

    /** {@return what it costs in memory, roughly: the bytes, the text they came from, and the objects around them} */
    int weight() {
        return 2 * plain.length + 200;
    }

    byte[] frame(FrameStyle style) {
        return switch (style) {
            case PLAIN -> plain;
            case ENVELOPE -> {
                byte[] made = envelope;
                if (made == null) {
                    made = encode(logged, style, new EventEncoder());
                    envelope = made;
                }
                yield made;
            }
            case TOPIC_AS_EVENT -> {
                byte[] made = named;
                if (made == null) {
                    made = encode(logged, style, new EventEncoder());
                    named = made;
                }
                yield made;
            }
        };
    }

    /** Encodes an entry that is not in the window, for one reader. */
    static byte[] encode(LogEntry logged, FrameStyle style, EventEncoder encoder) {
        Update update = logged.update();
        encoder.clear();
        encoder.id(logged.id());
        String event = style == FrameStyle.TOPIC_AS_EVENT ? topicOr(update, update.event()) : update.event();
        if (event != null) {
            encoder.event(event);
        }
        Duration retry = update.retry();
        if (retry != null) {
            encoder.retryMillis(retry.toMillis());
        }
        encoder.data(style == FrameStyle.ENVELOPE ? wrap(update) : update.data());
        return encoder.end().toByteArray();
    }

    private static String wrap(Update update) {
        return new JsonData()
                .string("topic", topicOr(update, null))
                .string("event", update.event())
                .string("data", update.data())
                .end();
    }

    private static @Nullable String topicOr(Update update, @Nullable String otherwise) {
        List<String> topics = update.audience() instanceof Audience.Topics t ? t.names() : List.of();
        return topics.isEmpty() ? otherwise : topics.get(0);
    }
}
