package io.tidewire.log.kafka;

import io.tidewire.log.Update;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** Vectors as the ids that subscribers see. Immutable; safe for any thread. */
final class Tokens {
    /*
     *   # epoch slot . places [ ; mark places ]...
     *
     *   epoch   8 digits out of the Kafka topic's id: a token of another topic, or of one deleted and made anew, is recognised
     *   slot    1 digit: the partition of the event that the token names; its own place is the one before places[slot]
     *   places  of each partition of the log, in order, what comes next: an offset and, if it is in the middle of a record that carries a
     *           batch, '~' and the number of the event
     *   mark    4 digits out of a bridge's topic id, followed by the places of its partitions
     *
     * A number is written in groups of five bits, the lowest first, one digit out of 64 for each; the sixth bit says that another group
     * follows. So numbers need no separators. The last group of more than one is never 0, so every number has one form only.
     */
    private static final String DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-";

    private static final int EPOCH_DIGITS = 8;
    private static final int MARK_DIGITS = 4;
    private static final int GROUP_BITS = 5;
    private static final int MORE = 1 << GROUP_BITS;
    private static final int FIXED = 1 + EPOCH_DIGITS + 1 + 1;

    /** At most two partitions are in the middle of a record: that of the cursor's hub and that of another's. */
    private static final int MIDDLES = 2 * (1 + 4);

    /** A fresh partition is taken to have so many events one day. */
    private static final long MIN_OFFSET = (1L << 30) - 1;

    /** A partition is taken to grow to so many times what it has. */
    private static final long GROWTH = 1024;

    private final Layout layout;
    private final String epoch;
    private final List<String> marks;

    Tokens(Layout layout) {
        this.layout = layout;
        this.epoch = digits(layout.sections().get(0).id(), EPOCH_DIGITS);
        this.marks = layout.sections().stream()
                .skip(1)
                .map(section -> digits(section.id(), MARK_DIGITS))
                .toList();
        Set<String> seen = new HashSet<>(marks);
        if (seen.size() != marks.size()) {
            throw new IllegalArgumentException("kafka.bridge: two topics whose ids begin alike"
                    + " (expected: different ones; make one of the topics anew)");
        }
    }

    private static String digits(Uuid id, int count) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(id.toString().getBytes(StandardCharsets.UTF_8));
            StringBuilder digits = new StringBuilder(count);
            for (int i = 0; i < count; i++) {
                digits.append(DIGITS.charAt(hash[i] & 0x1f)); // five bits: digits and lower case
            }
            return digits.toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: none (expected: every JDK has it)", e);
        }
    }

    /**
     * Checks that ids will have room for the places in all partitions, now and for long.
     *
     * @throws IllegalArgumentException if they will not
     */
    void requireRoom(long[] endOffsets) {
        int length = FIXED + MIDDLES + marks.size() * (1 + MARK_DIGITS);
        for (long end : endOffsets) {
            length += length(Math.min(Offsets.MAX_OFFSET, Math.max(end * GROWTH, MIN_OFFSET)));
        }
        if (length > Update.MAX_ID_LENGTH || endOffsets.length > DIGITS.length()) {
            throw new IllegalArgumentException("kafka.partitions: " + endOffsets.length + ", those of bridges included"
                    + " (expected: fewer; an event's id names a place in each and would have " + length
                    + " characters of " + Update.MAX_ID_LENGTH + " one day. Use topics with fewer partitions)");
        }
    }

    private static int length(long number) {
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(number) + GROUP_BITS - 1) / GROUP_BITS);
    }

    /** {@return the token of a vector whose newest event came from the partition {@code slot}} */
    String write(long[] vector, int slot) {
        StringBuilder token = new StringBuilder(64);
        token.append('#').append(epoch).append(DIGITS.charAt(slot)).append('.');
        int at = 0;
        for (int section = 0; section < layout.sections().size(); section++) {
            if (section > 0) {
                token.append(';').append(marks.get(section - 1));
            }
            int end = at + layout.sections().get(section).count();
            for (; at < end; at++) {
                append(token, Offsets.offset(vector[at]));
                int event = Offsets.event(vector[at]);
                if (event > 0) {
                    append(token.append('~'), event);
                }
            }
        }
        return token.toString();
    }

    private static void append(StringBuilder token, long number) {
        long rest = number;
        while (rest >= MORE) {
            token.append(DIGITS.charAt((int) (rest & (MORE - 1)) | MORE));
            rest >>>= GROUP_BITS;
        }
        token.append(DIGITS.charAt((int) rest));
    }

    /** {@return what the token says, or null if it is none of this log's} Any text may come here. */
    @Nullable
    Parsed parse(String token) {
        if (token.length() <= FIXED
                || token.length() > Update.MAX_ID_LENGTH
                || token.charAt(0) != '#'
                || !token.startsWith(epoch, 1)
                || token.charAt(FIXED - 1) != '.') {
            return null;
        }
        Parser parser = new Parser(token);
        return parser.parse();
    }

    /**
     * What a token says.
     *
     * @param vector the next place in each partition; 0 in those that the token does not know
     * @param slot the partition of the event that it names
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Parsed(long[] vector, int slot) {}

    /** Reads one token. */
    private final class Parser {
        private final String token;
        private final long[] vector = new long[layout.size()];
        private int at = FIXED;

        Parser(String token) {
            this.token = token;
        }

        @Nullable
        Parsed parse() {
            int slot = DIGITS.indexOf(token.charAt(FIXED - 2));
            if (slot < 0 || slot >= layout.size() || !section(0)) {
                return null;
            }
            while (at < token.length()) {
                if (token.charAt(at++) != ';' || !bridge()) {
                    return null;
                }
            }
            return new Parsed(vector, slot);
        }

        /** Reads a bridge's places; those of one that is no more are skipped. */
        private boolean bridge() {
            int end = token.indexOf(';', at);
            for (int i = 0; i < marks.size(); i++) {
                if (token.startsWith(marks.get(i), at)) {
                    at += MARK_DIGITS;
                    return section(i + 1);
                }
            }
            at = end < 0 ? token.length() : end;
            return true;
        }

        private boolean section(int section) {
            int slot = 0;
            for (int i = 0; i < section; i++) {
                slot += layout.sections().get(i).count();
            }
            int end = slot + layout.sections().get(section).count();
            for (; slot < end && at < token.length() && token.charAt(at) != ';'; slot++) {
                long offset = number(Offsets.MAX_OFFSET);
                long event = 0;
                if (at < token.length() && token.charAt(at) == '~') {
                    at++;
                    event = number(Offsets.MAX_EVENTS);
                }
                if (offset < 0 || event < 0) {
                    return false;
                }
                vector[slot] = Offsets.place(offset, (int) event);
            }
            return at == token.length() || token.charAt(at) == ';';
        }

        private long number(long max) {
            long number = 0;
            for (int shift = 0; at < token.length() && shift < Long.SIZE - GROUP_BITS; shift += GROUP_BITS) {
                int digit = DIGITS.indexOf(token.charAt(at++));
                if (digit < 0) {
                    return -1;
                }
                number |= (long) (digit & (MORE - 1)) << shift;
                if (digit < MORE) {
                    return number > max || (digit == 0 && shift > 0) ? -1 : number;
                }
            }
            return -1;
        }
    }
}
