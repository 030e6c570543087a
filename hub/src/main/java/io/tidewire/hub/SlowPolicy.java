package io.tidewire.hub;

/**
 * What becomes of a subscriber that does not keep up (B3). None of them slows others down or queues.
 *
 * @param kind which
 * @param perSecond for {@link Kind#SAMPLE}, the most events per second; 0 otherwise
 */
public record SlowPolicy(Kind kind, int perSecond) {

    /** Highest rate that can be asked of {@link Kind#SAMPLE}; a millisecond's timer cannot do better. */
    public static final int MAX_PER_SECOND = 1000;

    /** The default. */
    public static final SlowPolicy PARK = new SlowPolicy(Kind.PARK, 0);

    /** The kinds of policy. */
    public enum Kind {
        /** Waits at its cursor and catches up from history. */
        PARK,
        /** Catches up with only the newest event of each topic and key. */
        CONFLATE,
        /** Gets at most so many events per second, the newest each time, whether it could keep up or not. */
        SAMPLE,
        /** Is disconnected when it has not read for the slow grace time. */
        DISCONNECT
    }

    /** Checks the rate. */
    public SlowPolicy {
        boolean ok = kind == Kind.SAMPLE ? perSecond >= 1 && perSecond <= MAX_PER_SECOND : perSecond == 0;
        if (!ok) {
            throw new IllegalArgumentException(
                    "slow: " + perSecond + " per second (expected: sample:1 to sample:" + MAX_PER_SECOND + ")");
        }
    }

    /**
     * Reads {@code park}, {@code conflate}, {@code sample:N} or {@code disconnect}.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    public static SlowPolicy parse(String text) {
        switch (text) {
            case "park":
                return PARK;
            case "conflate":
                return new SlowPolicy(Kind.CONFLATE, 0);
            case "disconnect":
                return new SlowPolicy(Kind.DISCONNECT, 0);
            default:
                if (text.startsWith("sample:")) {
                    return sample(text);
                }
                throw malformed(text);
        }
    }

    private static SlowPolicy sample(String text) {
        String rate = text.substring("sample:".length());
        if (rate.isEmpty() || rate.length() > 4 || !rate.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw malformed(text);
        }
        return new SlowPolicy(Kind.SAMPLE, Integer.parseInt(rate));
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException(
                "slow: " + text + " (expected: park, conflate, sample:N events per second, or disconnect)");
    }
}
