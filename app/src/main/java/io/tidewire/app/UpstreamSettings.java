package io.tidewire.app;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What is said of single upstreams: {@code upstream.NAME.url} and the like, in the file or the environment. */
final class UpstreamSettings {
    static final String URL = "url";
    static final String KEY = "key";
    static final String KEY_HEADER = "key-header";
    static final String IDLE = "idle";

    private static final List<String> FIELDS = List.of(URL, KEY, KEY_HEADER, IDLE);
    private static final String PREFIX = "upstream.";
    private static final String VARIABLE_PREFIX = "TIDEWIRE_UPSTREAM_";

    /** By name, a dot, and the field. */
    private final Map<String, Value> values = new TreeMap<>();

    private record Value(String text, String origin) {}

    /** Takes a setting of a file; {@return whether it is one of an upstream}. */
    boolean addKey(String key, String text, String origin) {
        int dot = key.lastIndexOf('.');
        if (!key.startsWith(PREFIX) || dot < PREFIX.length() || !FIELDS.contains(key.substring(dot + 1))) {
            return false;
        }
        values.put(key.substring(PREFIX.length()), new Value(text, origin));
        return true;
    }

    /** Takes a variable, {@code TIDEWIRE_UPSTREAM_NAME_URL}; {@return whether it is one of an upstream}. Underscores of a name are dashes. */
    boolean addVariable(String variable, String text) {
        if (!variable.startsWith(VARIABLE_PREFIX)) {
            return false;
        }
        String rest = variable.substring(VARIABLE_PREFIX.length());
        for (String field : List.of(KEY_HEADER, URL, KEY, IDLE)) {
            String end = "_" + field.replace('-', '_').toUpperCase(Locale.ROOT);
            if (rest.endsWith(end) && rest.length() > end.length()) {
                String name = rest.substring(0, rest.length() - end.length())
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '-');
                values.put(name + "." + field, new Value(text, variable));
                return true;
            }
        }
        return false;
    }

    /** {@return the names of which something is said} */
    Set<String> names() {
        Set<String> names = new TreeSet<>();
        values.keySet().forEach(key -> names.add(key.substring(0, key.lastIndexOf('.'))));
        return names;
    }

    /** {@return what is said, or null} */
    @Nullable
    String text(String name, String field) {
        Value value = values.get(name + "." + field);
        return value == null ? null : value.text;
    }

    /** {@return each with its value, unless that is secret, and where it comes from, as YAML} */
    String print() {
        StringBuilder out = new StringBuilder();
        values.forEach((key, value) -> out.append(PREFIX)
                .append(key)
                .append(": ")
                .append(
                        key.endsWith("." + KEY) && !value.text.startsWith(LlmSetup.FROM_ENVIRONMENT)
                                ? "********"
                                : value.text)
                .append("  # ")
                .append(Objects.requireNonNull(value.origin))
                .append('\n'));
        return out.toString();
    }
}
