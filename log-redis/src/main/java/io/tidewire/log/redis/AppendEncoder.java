package io.tidewire.log.redis;

import io.tidewire.log.Append;
import io.tidewire.log.Audience;
import io.tidewire.log.Retention;
import io.tidewire.log.TopicRetention;
import io.tidewire.log.Update;
import io.tidewire.log.UpdateCodec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Appends as arguments of append.lua. Stateless; safe for any thread. */
final class AppendEncoder {
    /** Arguments for each append. */
    static final int ITEM = 7;

    /** Between topic and key, and between topics: characters that none of them has. */
    private static final String KEY_MARK = "\u0001";

    private static final String TOPIC_MARK = "\n";

    private static final byte[] NONE = {};

    private final Retention retention;
    private final UpdateCodec codec = new UpdateCodec();

    AppendEncoder(Retention retention) {
        this.retention = retention;
    }

    byte[][] encode(List<Append> batch) {
        byte[][] arguments = new byte[batch.size() * ITEM][];
        int at = 0;
        for (Append append : batch) {
            Update update = append.update();
            TopicRetention rule = retention.of(update.audience());
            String key = update.key();
            String channel = update.audience().channel();
            arguments[at++] = Answers.bytes(key == null ? channel : channel + KEY_MARK + key);
            arguments[at++] = textOrNone(update.id());
            arguments[at++] = textOrNone(append.idempotencyKey());
            arguments[at++] = expectation(append.expectedLast());
            arguments[at++] = rule == null ? NONE : Answers.bytes(text(rule));
            arguments[at++] = rule == null ? NONE : topics(update.audience());
            arguments[at++] = codec.encode(update);
        }
        return arguments;
    }

    private static byte[] textOrNone(@Nullable String text) {
        return text == null ? NONE : Answers.bytes(text);
    }

    /** Our own tokens go as ids of the stream, because scripts know only those. */
    private static byte[] expectation(@Nullable String expected) {
        if (expected == null) {
            return NONE;
        }
        if (expected.equals(Append.NOTHING)) {
            return Answers.bytes("-");
        }
        if (!expected.startsWith("#")) {
            return Answers.bytes("=" + expected);
        }
        StreamPosition position = StreamPosition.parse(expected);
        return Answers.bytes(position == null ? "=#" : "=#" + position.number() + "-" + position.epoch());
    }

    private static byte[] topics(Audience audience) {
        return audience instanceof Audience.Topics named ? Answers.bytes(String.join(TOPIC_MARK, named.names())) : NONE;
    }

    private static String text(TopicRetention rule) {
        char kind = switch (rule.keep()) {
            case ALL -> 'A';
            case LATEST -> 'L';
            case LATEST_PER_KEY -> 'K';
        };
        long ageMillis = rule.maxAge().compareTo(TopicRetention.FOREVER) >= 0
                ? 0
                : Math.max(1, rule.maxAge().toMillis());
        return kind + " " + rule.maxEvents() + " " + rule.maxBytes() + " " + ageMillis;
    }
}
