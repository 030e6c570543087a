package io.tidewire.hub;

import io.tidewire.stream.StreamSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a task is from its start on. Immutable; start from {@link #titled} or {@link #untitled}.
 *
 * <pre>{@code
 * TaskSpec spec = TaskSpec.titled("Export of 2025").ownedBy("alice").keeping(Duration.ofDays(1));
 * }</pre>
 *
 * @param id its name; null for one that cannot be guessed
 * @param title what it is, in words for its owner; or null
 * @param owner the only user who may see it; null if whoever knows the id may
 * @param keep how long it can be read after its end
 * @param silence after how long without a report it is taken for failed
 * @param notifying whether each state is also published to its owner's connections, as event {@code task}
 */
public record TaskSpec(
        @Nullable String id,
        @Nullable String title,
        @Nullable String owner,
        Duration keep,
        Duration silence,
        boolean notifying) {
    /** Longest id, in characters. */
    public static final int MAX_ID_CHARS = 128;

    /** Longest title and owner, in UTF-16 units. */
    public static final int MAX_NAME_CHARS = 200;

    /** Longest message and error, in UTF-16 units. */
    public static final int MAX_TEXT_CHARS = 1000;

    /** Longest result, in bytes of UTF-8: so that with all else a state has less than 64 kB, however much of it must be escaped. */
    public static final int MAX_RESULT_BYTES = 48 << 10;

    /** The largest step: what JavaScript counts exactly. */
    public static final long MAX_COUNT = (1L << 53) - 1;

    /** The longest time to be kept, and to be silent. */
    public static final Duration MAX_TIME = Duration.ofDays(366);

    private static final Duration KEEP = Duration.ofHours(1);
    private static final Duration SILENCE = Duration.ofHours(24);
    private static final TaskSpec UNTITLED = new TaskSpec(null, null, null, KEEP, SILENCE, true);

    private static final String TITLE_ATTRIBUTE = "title";
    private static final String KEEP_ATTRIBUTE = "keep-millis";
    private static final String SILENCE_ATTRIBUTE = "silence-millis";
    private static final String NOTIFYING_ATTRIBUTE = "notifying";

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException if one is exceeded
     */
    public TaskSpec {
        if (id != null && !isId(id)) {
            throw new IllegalArgumentException("id: of " + id.length() + " characters (expected: 1 to " + MAX_ID_CHARS
                    + " of A to Z, a to z, 0 to 9, - and _)");
        }
        requireLength("title", title, MAX_NAME_CHARS);
        requireLength("owner", owner, MAX_NAME_CHARS);
        if (owner != null && (owner.isEmpty() || owner.chars().anyMatch(Character::isISOControl))) {
            throw new IllegalArgumentException("owner: empty or with control characters (expected: a user's name)");
        }
        requireTime("keep", keep);
        requireTime("silence", silence);
        if (silence.isZero()) {
            throw new IllegalArgumentException("silence: zero (expected: more, or it fails at once)");
        }
    }

    /** {@return whether a task may be called so} */
    public static boolean isId(String id) {
        return !id.isEmpty()
                && id.length() <= MAX_ID_CHARS
                && id.chars()
                        .allMatch(c -> (c >= 'a' && c <= 'z')
                                || (c >= 'A' && c <= 'Z')
                                || (c >= '0' && c <= '9')
                                || c == '-'
                                || c == '_');
    }

    static void requireLength(String field, @Nullable String text, int maxChars) {
        if (text != null && text.length() > maxChars) {
            throw new IllegalArgumentException(
                    field + ": " + text.length() + " characters (expected: at most " + maxChars + ")");
        }
    }

    private static void requireTime(String field, Duration time) {
        if (time.isNegative() || time.compareTo(MAX_TIME) > 0) {
            throw new IllegalArgumentException(
                    field + ": " + time + " (expected: zero to " + MAX_TIME.toDays() + " days)");
        }
    }

    /** {@return a task of no title and no owner, kept for an hour after its end, failed after a silence of a day} */
    public static TaskSpec untitled() {
        return UNTITLED;
    }

    /** {@return the same with a title} */
    public static TaskSpec titled(String title) {
        return new TaskSpec(null, title, null, KEEP, SILENCE, true);
    }

    /** {@return the same under a name of the application's own} */
    public TaskSpec named(String ownId) {
        return new TaskSpec(ownId, title, owner, keep, silence, notifying);
    }

    /** {@return the same, seen by that user only} */
    public TaskSpec ownedBy(String user) {
        return new TaskSpec(id, title, user, keep, silence, notifying);
    }

    /** {@return the same, readable for so long after its end} */
    public TaskSpec keeping(Duration afterItsEnd) {
        return new TaskSpec(id, title, owner, afterItsEnd, silence, notifying);
    }

    /** {@return the same, failed after so long without a report} */
    public TaskSpec failingAfterSilence(Duration time) {
        return new TaskSpec(id, title, owner, keep, time, notifying);
    }

    /** {@return the same, and its owner's connections hear nothing of it} */
    public TaskSpec quiet() {
        return new TaskSpec(id, title, owner, keep, silence, false);
    }

    // --- as attributes of the task's stream

    StreamSpec stream() {
        // Judged by the states' own times, as reading counts for a stream's; this is for a store that nobody looks
        // after.
        StreamSpec spec = StreamSpec.of("application/json")
                .expiringAfter(silence.plus(keep).plus(Duration.ofMinutes(1)))
                .with(KEEP_ATTRIBUTE, String.valueOf(keep.toMillis()))
                .with(SILENCE_ATTRIBUTE, String.valueOf(silence.toMillis()))
                .with(NOTIFYING_ATTRIBUTE, String.valueOf(notifying));
        spec = title == null ? spec : spec.with(TITLE_ATTRIBUTE, title);
        return owner == null ? spec : spec.with(StreamSpec.OWNER, owner);
    }

    static boolean isOf(StreamSpec stream) {
        return stream.attributes().containsKey(NOTIFYING_ATTRIBUTE);
    }

    static TaskSpec of(String id, StreamSpec stream) {
        return new TaskSpec(
                id,
                stream.attributes().get(TITLE_ATTRIBUTE),
                stream.attributes().get(StreamSpec.OWNER),
                millis(stream, KEEP_ATTRIBUTE, KEEP),
                millis(stream, SILENCE_ATTRIBUTE, SILENCE),
                Boolean.parseBoolean(stream.attributes().get(NOTIFYING_ATTRIBUTE)));
    }

    private static Duration millis(StreamSpec stream, String attribute, Duration otherwise) {
        String value = stream.attributes().get(attribute);
        return value == null ? otherwise : Duration.ofMillis(Long.parseLong(value));
    }

    static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
