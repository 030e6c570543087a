package io.tidewire.matcher;

import java.util.ArrayList;
import java.util.List;

/**
 * A lexical unit of a pattern (URL Pattern Standard, section 2.1.1 and 2.1.2).
 *
 * @param index where it starts in the pattern
 * @param value what it stands for: the name without its colon, the regexp without its parentheses
 */
record PatternToken(Type type, int index, String value) {

    enum Type {
        OPEN,
        CLOSE,
        REGEXP,
        NAME,
        CHAR,
        ESCAPED_CHAR,
        OTHER_MODIFIER,
        ASTERISK,
        END,
        INVALID_CHAR
    }

    /** Whether something malformed is an error, or a character that the parser of the whole URL may find a use for. */
    enum Policy {
        STRICT,
        LENIENT
    }

    /** {@return whether it is this character and means nothing else} */
    boolean isPlain(String character) {
        return value.equals(character) && (type == Type.CHAR || type == Type.ESCAPED_CHAR || type == Type.INVALID_CHAR);
    }

    static List<PatternToken> tokenize(String pattern, Policy policy) {
        return new Tokenizer(pattern, policy).run();
    }

    private static final class Tokenizer {
        private final String in;
        private final Policy policy;
        private final List<PatternToken> tokens = new ArrayList<>();
        private int at;

        Tokenizer(String in, Policy policy) {
            this.in = in;
            this.policy = policy;
        }

        List<PatternToken> run() {
            while (at < in.length()) {
                int next = at + Character.charCount(in.codePointAt(at));
                switch (in.charAt(at)) {
                    case '*' -> add(Type.ASTERISK, at, next, next);
                    case '+', '?' -> add(Type.OTHER_MODIFIER, at, next, next);
                    case '{' -> add(Type.OPEN, at, next, next);
                    case '}' -> add(Type.CLOSE, at, next, next);
                    case '\\' -> escaped(next);
                    case ':' -> name(next);
                    case '(' -> regexp(next);
                    default -> add(Type.CHAR, at, next, next);
                }
            }
            add(Type.END, at, at, at);
            return tokens;
        }

        private void add(Type type, int from, int to, int next) {
            tokens.add(new PatternToken(type, at, in.substring(from, to)));
            at = next;
        }

        private void invalid(int next, String rule) {
            if (policy == Policy.STRICT) {
                throw new BrokenRule(rule);
            }
            add(Type.INVALID_CHAR, at, next, next);
        }

        private void escaped(int from) {
            if (from == in.length()) {
                invalid(from, "a character after the last '\\'");
                return;
            }
            int next = from + Character.charCount(in.codePointAt(from));
            add(Type.ESCAPED_CHAR, from, next, next);
        }

        private void name(int from) {
            int to = from;
            while (to < in.length() && isNamePart(in.codePointAt(to), to == from)) {
                to += Character.charCount(in.codePointAt(to));
            }
            if (to == from) {
                invalid(from, "a name after ':', or '\\:'");
            } else {
                add(Type.NAME, from, to, to);
            }
        }

        private static boolean isNamePart(int c, boolean first) {
            if (c == '$' || c == '_') {
                return true;
            }
            return first
                    ? Character.isUnicodeIdentifierStart(c)
                    : Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c);
        }

        private void regexp(int from) {
            int end = regexpEnd(from);
            if (end <= from) {
                invalid(from, "an ASCII regexp in '(' and ')', without capturing groups of its own");
            } else {
                add(Type.REGEXP, from, end, end + 1);
            }
        }

        /** {@return where the parenthesis stands that closes the group, or -1 if the group is malformed} */
        private int regexpEnd(int from) {
            int depth = 1;
            for (int i = from; i < in.length(); i++) {
                char c = in.charAt(i);
                if (c >= 0x80 || (i == from && c == '?')) {
                    return -1;
                }
                if (c == '\\') {
                    i++;
                    if (i == in.length() || in.charAt(i) >= 0x80) {
                        return -1;
                    }
                } else if (c == ')' && --depth == 0) {
                    return i;
                } else if (c == '(') {
                    depth++;
                    if (i + 1 == in.length() || in.charAt(i + 1) != '?') {
                        return -1;
                    }
                }
            }
            return -1;
        }
    }
}
