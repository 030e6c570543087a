package io.tidewire.matcher;

/** Reads one character class of a regular expression with the flag {@code v}, at its bracket; used once. */
final class RegexpClass {

    private static final int MAX_DEPTH = 100;
    private static final String RESERVED = "()[]{}/-|";
    private static final String DOUBLED = "&!#$%*+,.:;<=>?@^`~";
    private static final String ESCAPABLE = "^$\\.*+?()[]{}|/-&!#%,:;<=>@`~";

    private final String in;
    private int at;
    private int depth;

    RegexpClass(String in, int at) {
        this.in = in;
        this.at = at;
    }

    /** {@return where the text goes on} */
    int end() {
        return at;
    }

    AsciiSet read() {
        if (++depth > MAX_DEPTH) {
            throw new BrokenRule("character classes nested at most " + MAX_DEPTH + " deep");
        }
        at++;
        boolean negated = takes("^");
        AsciiSet set = AsciiSet.NONE;
        if (!takes("]")) {
            set = operand();
            set = (in.startsWith("--", at) || in.startsWith("&&", at)) ? operations(set) : union(set);
        }
        depth--;
        return negated ? set.not() : set;
    }

    private AsciiSet operations(AsciiSet first) {
        AsciiSet set = first;
        String operator = in.substring(at, at + 2);
        while (!takes("]")) {
            if (!takes(operator)) {
                throw malformed();
            }
            AsciiSet right = operand();
            set = set.and(operator.equals("--") ? right.not() : right);
        }
        return set;
    }

    private AsciiSet union(AsciiSet first) {
        AsciiSet set = first;
        while (!takes("]")) {
            set = set.or(operand());
        }
        return set;
    }

    /** A nested class, a range, or one character or escape. */
    private AsciiSet operand() {
        if (at < in.length() && in.charAt(at) == '[') {
            return read();
        }
        int start = at;
        AsciiSet set = single();
        if (in.startsWith("--", at) || !takes("-")) {
            return set;
        }
        int from = codePoint(start);
        start = at;
        single();
        int to = codePoint(start);
        if (from > to) {
            throw malformed();
        }
        return AsciiSet.range(from, to);
    }

    private AsciiSet single() {
        if (at >= in.length() || RESERVED.indexOf(in.charAt(at)) >= 0) {
            throw malformed();
        }
        char c = in.charAt(at);
        if (c == '\\') {
            if (in.startsWith("\\b", at)) {
                at += 2;
                return AsciiSet.one('\b');
            }
            RegexpEscape escape = new RegexpEscape(in, at, ESCAPABLE);
            AsciiSet set = escape.read();
            at = escape.end();
            return set;
        }
        if (DOUBLED.indexOf(c) >= 0 && at + 1 < in.length() && in.charAt(at + 1) == c) {
            throw malformed();
        }
        at++;
        return AsciiSet.one(c);
    }

    /** {@return the character that the bound of a range, from the position to here, stands for} */
    private int codePoint(int start) {
        if (in.charAt(start) != '\\') {
            return in.charAt(start);
        }
        if (in.startsWith("\\b", start)) {
            return '\b';
        }
        if ("dDsSwWpP".indexOf(in.charAt(start + 1)) >= 0) {
            throw malformed();
        }
        AsciiSet one = new RegexpEscape(in, start, ESCAPABLE).read();
        if (one.low() != 0) {
            return Long.numberOfTrailingZeros(one.low());
        }
        return one.high() != 0 ? 64 + Long.numberOfTrailingZeros(one.high()) : Character.MAX_CODE_POINT;
    }

    private boolean takes(String text) {
        boolean there = in.startsWith(text, at);
        at += there ? text.length() : 0;
        return there;
    }

    private static BrokenRule malformed() {
        return new BrokenRule("a character class of ECMAScript with the flag v, where ( ) [ ] { } / - | are escaped");
    }
}
