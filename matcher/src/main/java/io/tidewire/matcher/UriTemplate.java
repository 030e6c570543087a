package io.tidewire.matcher;

import java.util.ArrayList;
import java.util.List;

/**
 * A topic selector of Mercure 0.x ("Topic Selectors" there): {@code *} matches every topic; a text matches itself; a URI
 * template (RFC 6570, all four levels) matches what it can expand to.
 *
 * <p>Immutable and safe for use by any thread. A match takes time linear in the topic's length, whatever the template, and
 * never throws. Topics are compared as text: nothing is resolved or decoded.
 *
 * <p>"What it can expand to" is meant for variables of every kind: undefined, strings, lists and associations. Two things
 * are taken more generously than the RFC writes them: an encoded byte may be any triplet in either case of digits, and a
 * literal that an expansion encodes may stand in the topic as it is, too. One is taken more narrowly: the keys of an
 * association are encoded as values are.
 *
 * <pre>{@code
 * UriTemplate.parse("https://example.com/books/{id}{?page}").matches("https://example.com/books/17?page=2");   // true
 * }</pre>
 */
public final class UriTemplate {

    private static final AsciiSet IN_URIS =
            AsciiSet.LETTERS.or(AsciiSet.DIGITS).or(AsciiSet.of("-._~:/?#[]@!$&'()*+,;="));
    private static final AsciiSet FORBIDDEN = AsciiSet.of(" \"'<>\\^`{|}%");

    private final String text;
    private final Automaton automaton;

    private UriTemplate(String text, Automaton automaton) {
        this.text = text;
        this.automaton = automaton;
    }

    /**
     * Reads a selector.
     *
     * @param template at most {@value TopicText#MAX_MATCHER_BYTES} bytes of UTF-8
     * @throws IllegalArgumentException if the template is malformed, too long, or has more than 8192 states
     */
    public static UriTemplate parse(String template) {
        TopicText.requireMatcher("match", template);
        try {
            return compile(template);
        } catch (BrokenRule rule) {
            throw rule.of(template);
        }
    }

    /**
     * {@return the selector of Mercure 0.x, where what is no template selects the topic of just that name}
     *
     * @throws IllegalArgumentException if the text is no topic, too long, or a template with more than 8192 states
     */
    public static UriTemplate selector(String text) {
        TopicText.requireMatcher("topic", text);
        try {
            return compile(text);
        } catch (BrokenRule rule) {
            if (rule.isLimit()) {
                throw rule.of(text);
            }
            return new UriTemplate(text, Automaton.of(new Node.Text(text)));
        }
    }

    /** {@return whether it matches the topic} */
    public boolean matches(String topic) {
        return text.equals(topic) || automaton.matches(topic);
    }

    /** {@return the template as it was written} */
    @Override
    public String toString() {
        return text;
    }

    /** {@return how many steps a match of the topic takes} */
    long steps(String topic) {
        return automaton.steps(topic);
    }

    private static UriTemplate compile(String template) {
        boolean every = template.equals("*");
        return new UriTemplate(template, every ? Automaton.everything() : Automaton.of(read(template)));
    }

    private static Node read(String template) {
        List<Node> nodes = new ArrayList<>();
        int at = 0;
        while (at < template.length()) {
            int open = template.indexOf('{', at);
            literal(template.substring(at, open < 0 ? template.length() : open), nodes);
            if (open < 0) {
                break;
            }
            int close = template.indexOf('}', open);
            if (close < 0) {
                throw new BrokenRule("a '}' for every '{'");
            }
            nodes.add(TemplateExpression.parse(template.substring(open + 1, close)));
            at = close + 1;
        }
        return nodes.size() == 1 ? nodes.get(0) : new Node.Seq(nodes);
    }

    private static void literal(String literal, List<Node> nodes) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < literal.length(); ) {
            int c = literal.codePointAt(i);
            int next = i + Character.charCount(c);
            if (IN_URIS.contains(c) || isTriplet(literal, i)) {
                plain.appendCodePoint(c);
            } else if (FORBIDDEN.contains(c)) {
                throw new BrokenRule("no '" + Character.toString(c) + "' outside an expression; encode it");
            } else {
                flush(plain, nodes);
                StringBuilder encoded = new StringBuilder();
                EncodeSet.appendTriplets(encoded, c);
                nodes.add(Node.alt(new Node.Text(literal.substring(i, next)), new Node.Text(encoded.toString())));
            }
            i = next;
        }
        flush(plain, nodes);
    }

    private static boolean isTriplet(String text, int at) {
        return text.charAt(at) == '%'
                && at + 2 < text.length()
                && AsciiSet.HEX.contains(text.charAt(at + 1))
                && AsciiSet.HEX.contains(text.charAt(at + 2));
    }

    private static void flush(StringBuilder plain, List<Node> nodes) {
        if (!plain.isEmpty()) {
            nodes.add(new Node.Text(plain.toString()));
            plain.setLength(0);
        }
    }
}
