package io.tidewire.log.redis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What scripts take and give, as texts and numbers. */
final class Answers {
    private Answers() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[][] bytes(String... texts) {
        return Arrays.stream(texts).map(Answers::bytes).toArray(byte[][]::new);
    }

    static byte[] bytes(Object answer) {
        if (answer instanceof byte[] bytes) {
            return bytes;
        }
        throw new IllegalStateException("answer: " + answer + " (expected: a string)");
    }

    static String text(Object answer) {
        return new String(bytes(answer), StandardCharsets.UTF_8);
    }

    static long number(Object answer) {
        return Long.parseLong(text(answer));
    }
}
