package io.tidewire.app;

import io.tidewire.log.TopicRetention;
import io.tidewire.log.TopicRetention.Keep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code history.topics}: of each pattern of topics, how much of each is kept. */
final class HistoryTopics {
    static final String RULE =
            "a pattern and what is kept, with ';' between, as in: prices/* latest; chat/* age=7d events=1000; "
                    + "rates latest-per-key; logs/** bytes=1MiB";

    private HistoryTopics() {}

    /**
     * {@return the bounds, in their order}
     *
     * @throws IllegalArgumentException if they are not written so
     */
    static List<TopicRetention> parse(String text) {
        List<TopicRetention> all = new ArrayList<>();
        for (String item : text.split(";")) {
            if (!item.isBlank()) {
                all.add(one(item.strip()));
            }
        }
        return all;
    }

    private static TopicRetention one(String item) {
        String[] words = item.split("\\s+");
        if (words.length < 2) {
            throw new IllegalArgumentException("nothing about " + item);
        }
        TopicRetention bounds = TopicRetention.of(words[0]);
        for (int i = 1; i < words.length; i++) {
            bounds = with(bounds, words[i]);
        }
        return bounds;
    }

    private static TopicRetention with(TopicRetention bounds, String word) {
        int equals = word.indexOf('=');
        String value = word.substring(equals + 1);
        return switch (equals < 0 ? word : word.substring(0, equals)) {
            case "latest" -> bounds.keeping(Keep.LATEST);
            case "latest-per-key" -> bounds.keeping(Keep.LATEST_PER_KEY);
            case "age" -> bounds.maxAge(required(word, Settings.duration(value)));
            case "bytes" -> bounds.maxBytes(required(word, Settings.bytes(value)));
            case "events" -> bounds.maxEvents(required(word, number(value)));
            default -> throw new IllegalArgumentException(word);
        };
    }

    private static @Nullable Long number(String text) {
        boolean digits = !text.isEmpty() && text.length() <= 18 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Long.valueOf(text) : null;
    }

    private static Duration required(String word, @Nullable Duration value) {
        if (value == null) {
            throw new IllegalArgumentException(word);
        }
        return value;
    }

    private static long required(String word, @Nullable Long value) {
        if (value == null) {
            throw new IllegalArgumentException(word);
        }
        return value;
    }
}
