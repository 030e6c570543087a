package io.tidewire.matcher;

import java.util.ArrayList;
import java.util.List;

/** Reads the {@code (regexp)} groups of URL patterns: regular expressions of ECMAScript with the flag {@code v}. */
final class GroupRegexp {

    /*
     * Only what a finite automaton can do: no back-references and no lookaround. Groups need not capture, and laziness
     * changes what a group captures but not whether the whole matches, so both are read and forgotten.
     */

    /** Deepest nesting, since the reader recurses. */
    private static final int MAX_DEPTH = 100;

    private static final int MAX_COUNT = 100_000;
    private static final AsciiSet LINE_ENDS = AsciiSet.of("\n\r");
    private static final String SYNTAX = "^$\\.*+?()[]{}|/";

    private final String in;
    private int at;
    private int depth;

    private GroupRegexp(String in) {
        this.in = in;
    }

    static Node parse(String regexp) {
        GroupRegexp parser = new GroupRegexp(regexp);
        Node node = parser.alternatives();
        if (parser.at < regexp.length()) {
            throw parser.unexpected();
        }
        return node;
    }

    private Node alternatives() {
        List<Node> nodes = new ArrayList<>();
        do {
            nodes.add(sequence());
        } while (take('|'));
        return nodes.size() == 1 ? nodes.get(0) : new Node.Alt(nodes);
    }

    private Node sequence() {
        List<Node> nodes = new ArrayList<>();
        while (at < in.length() && in.charAt(at) != '|' && in.charAt(at) != ')') {
            nodes.add(term());
        }
        return nodes.size() == 1 ? nodes.get(0) : new Node.Seq(nodes);
    }

    private Node term() {
        char c = in.charAt(at);
        if (take('^')) {
            return new Node.Place(Program.Op.AT_START);
        }
        if (take('$')) {
            return new Node.Place(Program.Op.AT_END);
        }
        if (c == '\\' && at + 1 < in.length() && (in.charAt(at + 1) == 'b' || in.charAt(at + 1) == 'B')) {
            at += 2;
            return new Node.Place(
                    in.charAt(at - 1) == 'b' ? Program.Op.AT_WORD_BOUNDARY : Program.Op.AT_NO_WORD_BOUNDARY);
        }
        return quantified(atom());
    }

    private Node atom() {
        if (take('(')) {
            return group();
        }
        if (take('.')) {
            return new Node.Chars(LINE_ENDS.not());
        }
        if (in.charAt(at) == '[') {
            RegexpClass set = new RegexpClass(in, at);
            Node node = new Node.Chars(set.read());
            at = set.end();
            return node;
        }
        if (in.charAt(at) == '\\') {
            RegexpEscape escape = new RegexpEscape(in, at, SYNTAX);
            Node node = new Node.Chars(escape.read());
            at = escape.end();
            return node;
        }
        if (SYNTAX.indexOf(in.charAt(at)) >= 0 && in.charAt(at) != '/') {
            throw unexpected();
        }
        return new Node.Chars(AsciiSet.one(in.charAt(at++)));
    }

    private Node group() {
        if (++depth > MAX_DEPTH) {
            throw new BrokenRule("regexp groups nested at most " + MAX_DEPTH + " deep");
        }
        if (take('?') && !take(':')) {
            groupName();
        }
        Node node = alternatives();
        if (!take(')')) {
            throw new BrokenRule("a ')' for every '(' of the regexp");
        }
        depth--;
        return node;
    }

    private void groupName() {
        int end = in.indexOf('>', at);
        boolean named = take('<') && end > at && Character.isJavaIdentifierStart(in.charAt(at));
        if (!named || !in.substring(at, end).chars().allMatch(Character::isJavaIdentifierPart)) {
            throw new BrokenRule("a regexp without lookaround, which no linear-time engine has");
        }
        at = end + 1;
    }

    private Node quantified(Node node) {
        int min;
        int max;
        if (take('*')) {
            min = 0;
            max = Node.UNBOUNDED;
        } else if (take('+')) {
            min = 1;
            max = Node.UNBOUNDED;
        } else if (take('?')) {
            min = 0;
            max = 1;
        } else if (take('{')) {
            min = number();
            max = !take(',') ? min : (at < in.length() && in.charAt(at) == '}') ? Node.UNBOUNDED : number();
            if (!take('}') || min > max) {
                throw new BrokenRule("a regexp quantifier like {1,3}");
            }
        } else {
            return node;
        }
        take('?');
        return new Node.Repeat(node, min, max);
    }

    private int number() {
        int start = at;
        int number = 0;
        while (at < in.length() && AsciiSet.DIGITS.contains(in.charAt(at))) {
            number = Math.min(number * 10 + (in.charAt(at++) - '0'), MAX_COUNT);
        }
        if (at == start) {
            throw new BrokenRule("a regexp quantifier like {1,3}");
        }
        return number;
    }

    private boolean take(char c) {
        boolean there = at < in.length() && in.charAt(at) == c;
        at += there ? 1 : 0;
        return there;
    }

    private BrokenRule unexpected() {
        return new BrokenRule("a regexp of ECMAScript, where '" + in.charAt(at) + "' is escaped or has its place");
    }
}
