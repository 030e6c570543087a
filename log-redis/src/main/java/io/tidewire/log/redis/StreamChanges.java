package io.tidewire.log.redis;

import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamChange;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Tells the listener of changes. Belongs to the bus's thread, but for {@link #listen}. */
final class StreamChanges {
    /*
     * Each script that changes something publishes one message: its version, a line feed, and for each change a letter, the tail, a
     * space, the length of the name, a space, and the name. What comes twice or late is known by its version.
     */

    /** Streams whose newest version is remembered: names of up to 1.5 kB each. One that is forgotten may be told of twice. */
    private static final int MAX_TOLD = 16_384;

    private final Map<String, Told> told = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Told> eldest) {
            return size() > MAX_TOLD;
        }
    };
    private volatile Consumer<StreamChange> listener = change -> {};

    /** What was told last of a stream. */
    private record Told(long version, long tail) {}

    private static final Told NOTHING = new Told(0, 0);

    static long versionOf(byte[] message) {
        return number(message, 0, indexOf(message, '\n', 0));
    }

    void listen(Consumer<StreamChange> target) {
        listener = target;
    }

    void hear(byte[] message) {
        long version = versionOf(message);
        int at = indexOf(message, '\n', 0) + 1;
        Set<String> newer = new HashSet<>();
        while (at < message.length) {
            int tailEnd = indexOf(message, ' ', at);
            int sizeEnd = indexOf(message, ' ', tailEnd + 1);
            int end = sizeEnd + 1 + (int) number(message, tailEnd + 1, sizeEnd);
            String name = StreamName.decode(message, sizeEnd + 1, end);
            Told before = told.getOrDefault(name, NOTHING);
            if (newer.contains(name) || before.version() < version) {
                newer.add(name);
                // What an expired stream had is gone with it: the last that was heard of it.
                long tail = message[at] == 'X' ? before.tail() : number(message, at + 1, tailEnd);
                told.put(name, new Told(version, tail));
                listener.accept(new StreamChange(name, new Offset(tail), stateOf(message[at])));
            }
            at = end;
        }
    }

    private static StreamChange.State stateOf(byte letter) {
        return switch (letter) {
            case 'O' -> StreamChange.State.OPEN;
            case 'C' -> StreamChange.State.CLOSED;
            case 'G', 'X' -> StreamChange.State.GONE;
            default -> throw new IllegalStateException("state: " + (char) letter + " (expected: O, C, G or X)");
        };
    }

    private static int indexOf(byte[] message, char wanted, int from) {
        for (int i = from; i < message.length; i++) {
            if (message[i] == wanted) {
                return i;
            }
        }
        throw new IllegalStateException("change: broken off at " + from + " (expected: as streams.lua writes it)");
    }

    private static long number(byte[] message, int from, int to) {
        long number = 0;
        for (int i = from; i < to; i++) {
            number = number * 10 + (message[i] - '0');
        }
        return number;
    }
}
