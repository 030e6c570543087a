package io.tidewire.sse;

import java.util.Arrays;

/**
 * The Strings of event names and comments, which repeat on a stream: a name seen lately is found, not made again. A
 * fixed number of short names is kept and a newer one displaces the older at its place, so a stream of ever new names
 * costs what it would without a cache. Not thread safe.
 */
final class NameCache {

    private static final int SLOTS = 32;
    // Longer ones are prose; they rarely repeat.
    private static final int MAX_NAME_BYTES = 64;

    // A place not yet taken has an empty key, which no name has.
    private final byte[][] keys = new byte[SLOTS][0];
    private final String[] names = new String[SLOTS];

    NameCache() {
        Arrays.fill(names, "");
    }

    String get(byte[] bytes, int from, int to) {
        int length = to - from;
        if (length == 0) {
            return "";
        }
        if (length > MAX_NAME_BYTES) {
            return Utf8.decode(bytes, from, length);
        }
        int hash = ((bytes[from] * 31 + bytes[to - 1]) * 31 + bytes[from + length / 2]) * 31 + length;
        int slot = hash & (SLOTS - 1);
        byte[] key = keys[slot];
        if (!Arrays.equals(key, 0, key.length, bytes, from, to)) {
            keys[slot] = Arrays.copyOfRange(bytes, from, to);
            names[slot] = Utf8.decode(bytes, from, length);
        }
        return names[slot];
    }
}
