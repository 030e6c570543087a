package io.tidewire.matcher;

import java.util.Arrays;

/** The states of an automaton while it is compiled. Grows up to a bound; owned by the thread that compiles. */
final class Program {

    /**
     * Most states of one automaton. A match takes at most a few steps per state and character, so with the longest topics of
     * the hub (1024 characters) one match stays within some 30 ms, whatever the pattern (measured on JDK 17).
     */
    static final int MAX_STATES = 8192;

    /** What a state does. */
    enum Op {
        CHARS,
        UNIT,
        SPLIT,
        JUMP,
        AT_START,
        AT_END,
        AT_WORD_BOUNDARY,
        AT_NO_WORD_BOUNDARY,
        MATCH
    }

    private int size;
    private Op[] ops = new Op[64];
    private int[] targets = new int[64];
    private AsciiSet[] sets = new AsciiSet[64];

    int size() {
        return size;
    }

    Op op(int state) {
        return ops[state];
    }

    /** {@return the character of a UNIT, where a SPLIT or JUMP leads to} */
    int target(int state) {
        return targets[state];
    }

    AsciiSet set(int state) {
        return sets[state];
    }

    void chars(AsciiSet set) {
        int state = add(Op.CHARS, 0); // which may replace the array
        sets[state] = set;
    }

    void unit(char c) {
        add(Op.UNIT, c);
    }

    /** {@return a new state that leads to the next one and to one that is set later} */
    int split() {
        return add(Op.SPLIT, 0);
    }

    int jump() {
        return add(Op.JUMP, 0);
    }

    void place(Op op) {
        add(op, 0);
    }

    void match() {
        add(Op.MATCH, 0);
    }

    void target(int state, int target) {
        targets[state] = target;
    }

    private int add(Op op, int target) {
        if (size == MAX_STATES) {
            throw BrokenRule.limit("a pattern of at most " + MAX_STATES + " states when compiled");
        }
        if (size == ops.length) {
            ops = Arrays.copyOf(ops, size * 2);
            targets = Arrays.copyOf(targets, size * 2);
            sets = Arrays.copyOf(sets, size * 2);
        }
        ops[size] = op;
        targets[size] = target;
        sets[size] = AsciiSet.NONE;
        return size++;
    }
}
