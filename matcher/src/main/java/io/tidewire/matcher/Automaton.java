package io.tidewire.matcher;

import org.jspecify.annotations.Nullable;

/**
 * Says whether a whole text is in a regular language. Immutable and safe for use by any thread; a match takes at most
 * {@code 4 * states * (length + 1)} steps and never throws.
 */
final class Automaton {

    /*
     * Thompson's construction, simulated by sets of states as Pike does (R. Cox, "Regular Expression Matching Can Be Simple
     * And Fast", 2007): all states that the text so far can lead to are followed at once, each at most once per character.
     * Nothing is ever tried again, so there is no pattern that explodes. Places (^ $ \b \B) are decided when a state is
     * followed, since the characters on both sides are known there.
     *
     * A language of one text, and that of all texts, need no states.
     */

    private static final AsciiSet WORD = AsciiSet.LETTERS.or(AsciiSet.DIGITS).or(AsciiSet.one('_'));

    private final Program program;
    private final @Nullable String only;
    private final boolean everything;
    private final String prefix;

    private Automaton(Program program, @Nullable String only, boolean everything, String prefix) {
        this.program = program;
        this.only = only;
        this.everything = everything;
        this.prefix = prefix;
    }

    static Automaton of(Node node) {
        Program program = new Program();
        if (node instanceof Node.Text text) {
            return new Automaton(program, text.text(), false, "");
        }
        node.emit(program);
        program.match();
        StringBuilder prefix = new StringBuilder();
        while (program.op(prefix.length()) == Program.Op.UNIT) {
            prefix.append((char) program.target(prefix.length()));
        }
        boolean whole = program.op(prefix.length()) == Program.Op.MATCH;
        return new Automaton(program, whole ? prefix.toString() : null, false, prefix.toString());
    }

    /** {@return the automaton that takes every text} */
    static Automaton everything() {
        return new Automaton(new Program(), null, true, "");
    }

    int states() {
        return program.size();
    }

    boolean matches(String text) {
        if (everything) {
            return true;
        }
        if (only != null) {
            return only.equals(text);
        }
        return text.startsWith(prefix) && new Run(text).matches();
    }

    /** {@return how many steps a match of the text takes} */
    long steps(String text) {
        if (everything || only != null) {
            return 0;
        }
        Run run = new Run(text);
        run.matches();
        return run.steps;
    }

    /** One match. */
    private final class Run {
        private final String text;
        private int[] now = new int[program.size()];
        private int[] next = new int[program.size()];
        private int nowSize;
        private int nextSize;
        private final int[] pending = new int[program.size() + 1];
        private final int[] seenAt = new int[program.size()];
        private long steps;

        Run(String text) {
            this.text = text;
        }

        boolean matches() {
            follow(0, 0);
            swap();
            for (int at = 0; at < text.length() && nowSize > 0; at++) {
                char c = text.charAt(at);
                for (int i = 0; i < nowSize; i++) {
                    int state = now[i];
                    steps++;
                    boolean taken = program.op(state) == Program.Op.UNIT
                            ? program.target(state) == c
                            : program.set(state).contains(c);
                    if (taken) {
                        follow(state + 1, at + 1);
                    }
                }
                swap();
            }
            return seenAt[program.size() - 1] == text.length() + 1;
        }

        private void swap() {
            int[] empty = now;
            now = next;
            nowSize = nextSize;
            next = empty;
            nextSize = 0;
        }

        /** Adds the states that read a character and can be reached from the state without reading one. */
        private void follow(int start, int at) {
            int depth = 0;
            int state = start;
            while (true) {
                steps++;
                boolean leads = false;
                if (seenAt[state] != at + 1) {
                    seenAt[state] = at + 1;
                    switch (program.op(state)) {
                        case CHARS, UNIT -> next[nextSize++] = state;
                        case MATCH -> {}
                        case JUMP -> {
                            state = program.target(state);
                            leads = true;
                        }
                        case SPLIT -> {
                            pending[depth++] = program.target(state);
                            state++;
                            leads = true;
                        }
                        default -> {
                            leads = isAt(program.op(state), at);
                            state++;
                        }
                    }
                }
                if (!leads) {
                    if (depth == 0) {
                        return;
                    }
                    state = pending[--depth];
                }
            }
        }

        private boolean isAt(Program.Op place, int at) {
            return switch (place) {
                case AT_START -> at == 0;
                case AT_END -> at == text.length();
                case AT_WORD_BOUNDARY -> isWord(at - 1) != isWord(at);
                case AT_NO_WORD_BOUNDARY -> isWord(at - 1) == isWord(at);
                default -> throw new IllegalStateException(place + " is no place");
            };
        }

        private boolean isWord(int at) {
            return at >= 0 && at < text.length() && WORD.contains(text.charAt(at));
        }
    }
}
