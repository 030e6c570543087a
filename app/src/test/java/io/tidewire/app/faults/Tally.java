package io.tidewire.app.faults;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** What writers and readers count, all of them together. Safe for any thread. */
final class Tally {
    final LongAdder delivered = new LongAdder();
    /** Seen before the one before it: lost, unless that one comes later. */
    final LongAdder holes = new LongAdder();

    final LongAdder twice = new LongAdder();
    final LongAdder outOfOrder = new LongAdder();
    final LongAdder gaps = new LongAdder();
    /** Streams that were not resumed in full although they had an id. */
    final LongAdder notResumed = new LongAdder();

    /** Streams given up because not even a keep-alive came. */
    final LongAdder silent = new LongAdder();

    final LongAdder streams = new LongAdder();
    final LongAdder cuts = new LongAdder();
    final LongAdder farewells = new LongAdder();
    final LongAdder repeats = new LongAdder();
    final LongAdder duplicates = new LongAdder();
    final AtomicLong longestPublishNanos = new AtomicLong();
    private final AtomicLongArray acknowledged;
    private final Map<String, LongAdder> refusals = new ConcurrentHashMap<>();

    Tally(int writers) {
        this.acknowledged = new AtomicLongArray(writers);
    }

    int writers() {
        return acknowledged.length();
    }

    void acknowledged(int writer, long number, long tookNanos) {
        acknowledged.set(writer, number);
        longestPublishNanos.accumulateAndGet(tookNanos, Math::max);
    }

    /** {@return the number of the writer's last event that was acknowledged} */
    long acknowledged(int writer) {
        return acknowledged.get(writer);
    }

    long acknowledged() {
        long sum = 0;
        for (int i = 0; i < acknowledged.length(); i++) {
            sum += acknowledged.get(i);
        }
        return sum;
    }

    /** Somebody was refused: the reason is an answer's status, or what the connection met. */
    void refused(String reason) {
        refusals.computeIfAbsent(reason, key -> new LongAdder()).increment();
    }

    Map<String, LongAdder> refusals() {
        return new TreeMap<>(refusals);
    }

    /** {@return how much is wrong so far} */
    long wrong() {
        return holes.sum() + twice.sum() + outOfOrder.sum() + gaps.sum() + notResumed.sum() + silent.sum();
    }
}
