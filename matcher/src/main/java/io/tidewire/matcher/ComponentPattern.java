package io.tidewire.matcher;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Reads the pattern of one component (URL Pattern Standard, sections 2.1.5 and 2.2); used once. */
final class ComponentPattern {

    /*
     * The standard goes from tokens to parts to a regular expression. Here a part becomes a node of the expression at once.
     * A repeated part with a prefix and a suffix, P(R(SPR)*)S there, is (PRS)+ here: the same texts.
     */

    private final List<PatternToken> tokens;
    private final UnaryOperator<String> canonical;
    private final @Nullable Character delimiter;
    private final @Nullable String prefixCharacter;
    private final List<Node> nodes = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final StringBuilder pending = new StringBuilder();
    private int at;
    private boolean onlyWildcard;

    private ComponentPattern(String pattern, UrlComponent component, boolean special) {
        tokens = PatternToken.tokenize(pattern, PatternToken.Policy.STRICT);
        boolean ipv6 = component == UrlComponent.HOSTNAME && isIpv6(pattern);
        canonical = ipv6 ? UrlComponent::ipv6Hostname : text -> component.canonical(text, special);
        delimiter = component.delimiter(special);
        prefixCharacter = component == UrlComponent.PATHNAME && special ? "/" : null;
    }

    /** {@return the automaton of the component's pattern} */
    static Automaton compile(String pattern, UrlComponent component, boolean special) {
        ComponentPattern parser = new ComponentPattern(pattern, component, special);
        parser.parse();
        if (parser.nodes.size() == 1) {
            return parser.onlyWildcard ? Automaton.everything() : Automaton.of(parser.nodes.get(0));
        }
        return Automaton.of(parser.nodes.isEmpty() ? new Node.Text("") : new Node.Seq(parser.nodes));
    }

    private static boolean isIpv6(String pattern) {
        return pattern.length() > 1
                && (pattern.startsWith("[") || pattern.startsWith("{[") || pattern.startsWith("\\["));
    }

    private void parse() {
        while (at < tokens.size()) {
            PatternToken plain = take(PatternToken.Type.CHAR);
            PatternToken name = take(PatternToken.Type.NAME);
            PatternToken group = group(name);
            if (name != null || group != null) {
                String prefix = plain == null ? "" : plain.value();
                if (!prefix.equals(prefixCharacter)) {
                    pending.append(prefix);
                    prefix = "";
                }
                flush();
                addPart(prefix, name, group, "");
                continue;
            }
            PatternToken fixed = plain == null ? take(PatternToken.Type.ESCAPED_CHAR) : plain;
            if (fixed != null) {
                pending.append(fixed.value());
            } else if (take(PatternToken.Type.OPEN) != null) {
                braces();
            } else {
                flush();
                if (take(PatternToken.Type.END) == null) {
                    throw new BrokenRule("a modifier or brace only where there is a group");
                }
            }
        }
    }

    private void braces() {
        String prefix = text();
        PatternToken name = take(PatternToken.Type.NAME);
        PatternToken group = group(name);
        String suffix = text();
        if (take(PatternToken.Type.CLOSE) == null) {
            throw new BrokenRule("'{' with at most one group in it, and '}'");
        }
        addPart(prefix, name, group, suffix);
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        while (true) {
            PatternToken token = take(PatternToken.Type.CHAR);
            token = token == null ? take(PatternToken.Type.ESCAPED_CHAR) : token;
            if (token == null) {
                return text.toString();
            }
            text.append(token.value());
        }
    }

    private @Nullable PatternToken take(PatternToken.Type type) {
        return tokens.get(at).type() == type ? tokens.get(at++) : null;
    }

    private @Nullable PatternToken group(@Nullable PatternToken name) {
        PatternToken regexp = take(PatternToken.Type.REGEXP);
        return (regexp == null && name == null) ? take(PatternToken.Type.ASTERISK) : regexp;
    }

    private void flush() {
        if (!pending.isEmpty()) {
            nodes.add(new Node.Text(canonical.apply(pending.toString())));
            pending.setLength(0);
        }
    }

    private void addPart(String prefix, @Nullable PatternToken name, @Nullable PatternToken group, String suffix) {
        PatternToken modifier = take(PatternToken.Type.OTHER_MODIFIER);
        modifier = modifier == null ? take(PatternToken.Type.ASTERISK) : modifier;
        boolean isGroup = name != null || group != null;
        if (!isGroup && modifier == null) {
            pending.append(prefix);
            return;
        }
        flush();
        if (!isGroup) {
            if (!prefix.isEmpty()) {
                nodes.add(modified(new Node.Text(canonical.apply(prefix)), modifier));
            }
            return;
        }
        if (name != null && !names.add(name.value())) {
            throw new BrokenRule("every name once in a component");
        }
        boolean bare = prefix.isEmpty() && suffix.isEmpty();
        onlyWildcard = bare && group != null && isWildcard(group);
        Node node = node(group);
        if (!bare) {
            node = Node.seq(new Node.Text(canonical.apply(prefix)), node, new Node.Text(canonical.apply(suffix)));
        }
        nodes.add(modified(node, modifier));
    }

    private static boolean isWildcard(PatternToken group) {
        return group.type() == PatternToken.Type.ASTERISK || group.value().equals(".*");
    }

    private Node node(@Nullable PatternToken group) {
        if (group == null) {
            AsciiSet end = delimiter == null ? AsciiSet.NONE : AsciiSet.one(delimiter);
            return Node.onceOrMore(new Node.Chars(end.not()));
        }
        return isWildcard(group) ? Node.anyTimes(new Node.Chars(AsciiSet.ALL)) : GroupRegexp.parse(group.value());
    }

    private static Node modified(Node node, @Nullable PatternToken modifier) {
        if (modifier == null) {
            return node;
        }
        return switch (modifier.value()) {
            case "?" -> Node.optional(node);
            case "*" -> Node.anyTimes(node);
            default -> Node.onceOrMore(node);
        };
    }
}
