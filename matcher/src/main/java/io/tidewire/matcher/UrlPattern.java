package io.tidewire.matcher;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * A topic matcher of the type {@code urlpattern}: the WHATWG URL Pattern Standard (Review Draft of September 2025) in its
 * constructor-string form, without {@code ignoreCase}, as Mercure's "Matcher Types" asks for.
 *
 * <p>Immutable and safe for use by any thread. A match takes time linear in the topic's length, whatever the pattern, and
 * never throws. Relative patterns and topics are resolved against the base, the hub's URL; a topic that is then no URL
 * never matches. The pattern {@code *} matches every topic.
 *
 * <p>Custom {@code (regexp)} groups have the syntax of ECMAScript with the flag {@code v}, without back-references and
 * lookaround, which no linear-time engine has.
 *
 * <pre>{@code
 * UrlPattern books = UrlPattern.parse("/books/:id(\\d+)", hub);
 * books.matches("https://example.com/books/17");   // true, if the hub is at https://example.com
 * books.matches("/books/new");                     // false
 * }</pre>
 */
public final class UrlPattern {

    private static final String EVERY_TOPIC = "*";

    private final String text;
    private final WebUrl base;
    private final Map<UrlComponent, Automaton> components;

    private UrlPattern(String text, WebUrl base, Map<UrlComponent, Automaton> components) {
        this.text = text;
        this.base = base;
        this.components = components;
    }

    /**
     * Reads a pattern.
     *
     * @param pattern at most {@value TopicText#MAX_MATCHER_BYTES} bytes of UTF-8
     * @param base what relative patterns and topics are relative to
     * @throws IllegalArgumentException if the pattern is malformed, too long, or has more than 8192 states in a component
     */
    public static UrlPattern parse(String pattern, WebUrl base) {
        TopicText.requireMatcher("match", pattern);
        if (pattern.equals(EVERY_TOPIC)) {
            return new UrlPattern(pattern, base, new EnumMap<>(UrlComponent.class));
        }
        try {
            Map<UrlComponent, String> patterns = ConstructorString.parse(pattern);
            inherit(patterns, base);
            return new UrlPattern(pattern, base, compile(patterns));
        } catch (BrokenRule rule) {
            throw rule.of(pattern);
        }
    }

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException as {@link #parse(String, WebUrl)}, or if the base is no absolute URL
     */
    public static UrlPattern parse(String pattern, String base) {
        WebUrl url = WebUrl.parse(base).orElseThrow(() -> TopicText.malformed("base", base, "an absolute URL"));
        return parse(pattern, url);
    }

    /** {@return whether it matches the topic} */
    public boolean matches(String topic) {
        return components.isEmpty() || base.resolve(topic).filter(this::matches).isPresent();
    }

    /** {@return whether it matches the topic, which was {@linkplain WebUrl#resolve resolved} already} */
    public boolean matches(WebUrl topic) {
        for (Map.Entry<UrlComponent, Automaton> component : components.entrySet()) {
            if (!component.getValue().matches(component.getKey().of(topic))) {
                return false;
            }
        }
        return true;
    }

    /** {@return the pattern as it was written} */
    @Override
    public String toString() {
        return text;
    }

    /** {@return how many steps a match of the topic takes, over all components} */
    long steps(WebUrl topic) {
        return components.entrySet().stream()
                .mapToLong(c -> c.getValue().steps(c.getKey().of(topic)))
                .sum();
    }

    static boolean matchesSpecialScheme(Automaton protocol) {
        for (String scheme : Scheme.special()) {
            if (protocol.matches(scheme)) {
                return true;
            }
        }
        return false;
    }

    /*
     * "Process a URLPatternInit" (section 3.2): the base gives what the pattern lacks, up to the first component that the
     * pattern has; user and password are never inherited. The standard would put the base's folder before the path of
     * urn\:isbn\:* too, so that no pattern could match a urn; here only a pattern without a protocol is relative.
     */
    private static void inherit(Map<UrlComponent, String> patterns, WebUrl base) {
        Map<UrlComponent, String> own = new EnumMap<>(patterns);
        for (UrlComponent component : UrlComponent.values()) {
            if (own.containsKey(component)) {
                break;
            }
            if (component != UrlComponent.USERNAME && component != UrlComponent.PASSWORD) {
                patterns.put(component, escaped(component.of(base)));
            }
        }
        String path = own.get(UrlComponent.PATHNAME);
        boolean relative = !own.containsKey(UrlComponent.PROTOCOL);
        if (path != null && relative && !base.hasOpaquePath() && !isAbsolute(path)) {
            String basePath = escaped(base.pathname());
            patterns.put(UrlComponent.PATHNAME, basePath.substring(0, basePath.lastIndexOf('/') + 1) + path);
        }
    }

    private static boolean isAbsolute(String path) {
        return path.startsWith("/") || path.startsWith("\\/") || path.startsWith("{/");
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            if ("+*?:{}()\\".indexOf(text.charAt(i)) >= 0) {
                out.append('\\');
            }
            out.append(text.charAt(i));
        }
        return out.toString();
    }

    private static Map<UrlComponent, Automaton> compile(Map<UrlComponent, String> patterns) {
        Map<UrlComponent, Automaton> components = new EnumMap<>(UrlComponent.class);
        String scheme = patterns.getOrDefault(UrlComponent.PROTOCOL, EVERY_TOPIC);
        String port = patterns.getOrDefault(UrlComponent.PORT, EVERY_TOPIC);
        if (isDefaultPort(scheme, port)) {
            patterns.put(UrlComponent.PORT, "");
        }
        Automaton protocol = ComponentPattern.compile(scheme, UrlComponent.PROTOCOL, true);
        boolean special = matchesSpecialScheme(protocol);
        for (UrlComponent component : UrlComponent.values()) {
            String pattern = patterns.getOrDefault(component, EVERY_TOPIC);
            components.put(component, ComponentPattern.compile(pattern, component, special));
        }
        return components;
    }

    private static boolean isDefaultPort(String scheme, String port) {
        return Arrays.asList("80", "443", "21").contains(port) && Scheme.isDefaultPort(scheme, Integer.parseInt(port));
    }
}
