package io.tidewire.matcher;

import java.util.ArrayList;
import java.util.List;

/** One {@code {...}} of a URI template, as the expression of all that it can expand to (RFC 6570, section 3.2). */
final class TemplateExpression {

    /*
     * A value may be undefined, a string, a list or an association, and any of its characters may be one that the operator
     * encodes; so without a modifier a value is any number of allowed characters, triplets and, from lists, commas.
     *
     *   {x}     value            {x*}    item (separator item)*, item = value or name=value
     *   {;x}    ;x or ;x=value   {;x*}   the same, where the name may be a key of the association
     *   {x:3}   at most three characters, each of them plain or the triplets of its UTF-8
     *
     * Several variables: any of them may be undefined, and the defined ones are separated (Node.Join).
     */

    private static final int MAX_PREFIX = 9999;
    private static final AsciiSet UNRESERVED =
            AsciiSet.LETTERS.or(AsciiSet.DIGITS).or(AsciiSet.of("-._~"));
    private static final AsciiSet RESERVED = AsciiSet.of(":/?#[]@!$&'()*+,;=");
    private static final Node TRIPLET = triplet(AsciiSet.HEX, AsciiSet.HEX);
    private static final Node TRAIL = triplet(AsciiSet.of("89abAB"), AsciiSet.HEX);

    private final TemplateOperator operator;
    private final AsciiSet allowed;

    private TemplateExpression(TemplateOperator operator) {
        this.operator = operator;
        this.allowed = operator.reserved ? UNRESERVED.or(RESERVED) : UNRESERVED;
    }

    /** {@return the expression of what stands between the braces} */
    static Node parse(String text) {
        TemplateOperator operator = TemplateOperator.of(text);
        TemplateExpression expression = new TemplateExpression(operator);
        List<Node> variables = new ArrayList<>();
        for (String spec : text.substring(operator.sign.length()).split(",", -1)) {
            variables.add(expression.variable(spec));
        }
        return new Node.Join(operator.first, operator.separator, variables);
    }

    private Node variable(String spec) {
        int colon = spec.indexOf(':');
        boolean explode = spec.endsWith("*");
        String name = explode ? spec.substring(0, spec.length() - 1) : colon < 0 ? spec : spec.substring(0, colon);
        requireName(name);
        if (explode) {
            return exploded(name);
        }
        if (colon < 0) {
            return named(name, any(allowed.or(AsciiSet.one(','))), some(allowed.or(AsciiSet.one(','))));
        }
        int length = prefix(spec.substring(colon + 1));
        Node character = character();
        return named(name, new Node.Repeat(character, 0, length), new Node.Repeat(character, 1, length));
    }

    private Node named(String name, Node value, Node nonEmpty) {
        if (!operator.named) {
            return value;
        }
        return Node.seq(
                new Node.Text(name), Node.alt(new Node.Text(operator.ifEmpty), Node.seq(new Node.Text("="), nonEmpty)));
    }

    private Node exploded(String name) {
        Node item;
        if (operator.named) {
            Node key = Node.alt(new Node.Text(name), some(allowed));
            Node value = Node.seq(new Node.Text("="), some(allowed));
            item = Node.seq(key, Node.alt(new Node.Text(operator.ifEmpty), value));
        } else {
            item = Node.seq(any(allowed), Node.optional(Node.seq(new Node.Text("="), any(allowed))));
        }
        return Node.seq(item, Node.anyTimes(Node.seq(new Node.Text(operator.separator), item)));
    }

    private static Node any(AsciiSet set) {
        return Node.anyTimes(Node.alt(new Node.Chars(set), TRIPLET));
    }

    private static Node some(AsciiSet set) {
        return Node.onceOrMore(Node.alt(new Node.Chars(set), TRIPLET));
    }

    private Node character() {
        return Node.alt(
                new Node.Chars(allowed),
                triplet(AsciiSet.range('0', '7'), AsciiSet.HEX),
                Node.seq(triplet(AsciiSet.of("cdCD"), AsciiSet.HEX), TRAIL),
                Node.seq(triplet(AsciiSet.of("eE"), AsciiSet.HEX), TRAIL, TRAIL),
                Node.seq(triplet(AsciiSet.of("fF"), AsciiSet.range('0', '4')), TRAIL, TRAIL, TRAIL));
    }

    private static Node triplet(AsciiSet high, AsciiSet low) {
        return Node.seq(new Node.Text("%"), new Node.Chars(high), new Node.Chars(low));
    }

    private static int prefix(String digits) {
        boolean number = !digits.isEmpty()
                && digits.length() <= 4
                && digits.charAt(0) != '0'
                && digits.chars().allMatch(AsciiSet.DIGITS::contains);
        if (!number) {
            throw new BrokenRule("a prefix length from 1 to " + MAX_PREFIX);
        }
        return Integer.parseInt(digits);
    }

    private static void requireName(String name) {
        boolean dot = true; // a name neither starts nor ends with one, and has no two in a row
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean triplet = c == '%'
                    && i + 2 < name.length()
                    && AsciiSet.HEX.contains(name.charAt(i + 1))
                    && AsciiSet.HEX.contains(name.charAt(i + 2));
            boolean plain = AsciiSet.LETTERS.contains(c) || AsciiSet.DIGITS.contains(c) || c == '_' || triplet;
            if (!plain && (c != '.' || dot)) {
                dot = true;
                break;
            }
            dot = c == '.';
            i += triplet ? 2 : 0;
        }
        if (dot) {
            throw new BrokenRule("variable names of letters, digits, '_', triplets, and dots between them");
        }
    }
}
