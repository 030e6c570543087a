package io.tidewire.matcher;

import java.util.Set;
import java.util.TreeSet;

/** What a {@link Node} means, written down as plainly as can be: from where to where can it reach in a text. */
final class SlowMatcher {

    private SlowMatcher() {}

    static boolean matches(Node node, String text) {
        return ends(node, text, 0).contains(text.length());
    }

    private static Set<Integer> ends(Node node, String text, int from) {
        Set<Integer> ends = new TreeSet<>();
        if (node instanceof Node.Chars chars) {
            if (from < text.length() && chars.set().contains(text.charAt(from))) {
                ends.add(from + 1);
            }
        } else if (node instanceof Node.Text literal) {
            if (text.startsWith(literal.text(), from)) {
                ends.add(from + literal.text().length());
            }
        } else if (node instanceof Node.Seq seq) {
            Set<Integer> now = Set.of(from);
            for (Node next : seq.nodes()) {
                now = all(next, text, now);
            }
            return now;
        } else if (node instanceof Node.Alt alt) {
            alt.nodes().forEach(one -> ends.addAll(ends(one, text, from)));
        } else if (node instanceof Node.Repeat repeat) {
            return repeated(repeat, text, from);
        } else if (node instanceof Node.Join join) {
            return joined(join, text, from);
        } else if (node instanceof Node.Place place && isAt(place.op(), text, from)) {
            ends.add(from);
        }
        return ends;
    }

    private static Set<Integer> all(Node node, String text, Set<Integer> starts) {
        Set<Integer> ends = new TreeSet<>();
        starts.forEach(start -> ends.addAll(ends(node, text, start)));
        return ends;
    }

    private static Set<Integer> repeated(Node.Repeat repeat, String text, int from) {
        Set<Integer> now = Set.of(from);
        for (int i = 0; i < repeat.min(); i++) {
            now = all(repeat.node(), text, now);
        }
        Set<Integer> ends = new TreeSet<>(now);
        for (int i = repeat.min(); i < repeat.max(); i++) {
            now = all(repeat.node(), text, now);
            if (!ends.addAll(now)) {
                break;
            }
        }
        return ends;
    }

    private static Set<Integer> joined(Node.Join join, String text, int from) {
        Set<Integer> ends = new TreeSet<>();
        int choices = 1 << join.items().size();
        for (int chosen = 0; chosen < choices; chosen++) {
            Set<Integer> now = Set.of(from);
            String before = join.first();
            for (int i = 0; i < join.items().size(); i++) {
                if (((chosen >> i) & 1) != 0) {
                    now = all(join.items().get(i), text, all(new Node.Text(before), text, now));
                    before = join.separator();
                }
            }
            ends.addAll(now);
        }
        return ends;
    }

    private static boolean isAt(Program.Op place, String text, int at) {
        boolean boundary = isWord(text, at - 1) ^ isWord(text, at);
        return switch (place) {
            case AT_START -> at == 0;
            case AT_END -> at == text.length();
            case AT_WORD_BOUNDARY -> boundary;
            default -> !boundary;
        };
    }

    private static boolean isWord(String text, int at) {
        return at >= 0 && at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_');
    }
}
