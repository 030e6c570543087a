package io.tidewire.matcher;

import org.jspecify.annotations.Nullable;

/**
 * The rules that topics and matcher values have in common (Mercure, "Topics" and "Matcher Types"): text that UTF-8 can
 * carry, without C0 and C1 controls, DEL and Unicode format characters. Stateless; any thread may use it.
 */
public final class TopicText {

    /** Longest matcher value, in bytes of UTF-8: what the reference hub takes. */
    public static final int MAX_MATCHER_BYTES = 4096;

    private static final int QUOTED_CHARACTERS = 200;

    private TopicText() {}

    /**
     * Checks a topic or a matcher value and returns it.
     *
     * @param field what the message calls the value, such as {@code topic}
     * @throws IllegalArgumentException if it is empty or has a lone surrogate, a control or a format character; the message
     *     tells where, not the value
     */
    public static String require(String field, String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(field + ": empty (expected: at least one character)");
        }
        for (int i = 0; i < value.length(); ) {
            int c = value.codePointAt(i);
            String problem = problem(c);
            if (problem != null) {
                throw new IllegalArgumentException(
                        "%s: %s U+%04X at %d (expected: Unicode text without control and format characters)"
                                .formatted(field, problem, c, i));
            }
            i += Character.charCount(c);
        }
        return value;
    }

    /**
     * Checks a matcher value and returns it.
     *
     * @throws IllegalArgumentException as {@link #require}, or if it is longer than {@value #MAX_MATCHER_BYTES} bytes
     */
    public static String requireMatcher(String field, String value) {
        if (value.length() > MAX_MATCHER_BYTES || utf8Bytes(value) > MAX_MATCHER_BYTES) {
            throw new IllegalArgumentException(field + ": " + value.length() + " characters (expected: at most "
                    + MAX_MATCHER_BYTES + " bytes of UTF-8)");
        }
        return require(field, value);
    }

    /** {@return whether {@link #require} takes it} */
    public static boolean isValid(String value) {
        return !value.isEmpty() && value.codePoints().allMatch(c -> problem(c) == null);
    }

    static IllegalArgumentException malformed(String field, String value, String rule) {
        String quoted = value.length() <= QUOTED_CHARACTERS ? value : value.substring(0, QUOTED_CHARACTERS) + "...";
        return new IllegalArgumentException(field + ": " + quoted + " (expected: " + rule + ")");
    }

    private static @Nullable String problem(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL -> "control character";
            case Character.FORMAT -> "format character";
            case Character.SURROGATE -> "lone surrogate";
            default -> null;
        };
    }

    private static int utf8Bytes(String value) {
        int bytes = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            // a surrogate is half of four bytes
            bytes += c < 0x80 ? 1 : (c < 0x800 || Character.isSurrogate(c)) ? 2 : 3;
        }
        return bytes;
    }
}
