package io.tidewire.matcher;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Expands URI templates as RFC 6570, section 3.2.1, says, to have something that must match. */
final class Expansion {

    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    private static final String RESERVED = ":/?#[]@!$&'()*+,;=";
    private static final String VALUE_CHARACTERS = "ab1~. /?&=,;%+é日";

    private Expansion() {}

    static Map<String, Object> values(Random random) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (String name : List.of("a", "b", "c")) {
            switch (random.nextInt(4)) {
                case 0 -> values.put(name, text(random));
                case 1 -> values.put(name, List.of(text(random), text(random), text(random) + "x"));
                case 2 -> values.put(name, Map.of("k" + random.nextInt(9), text(random)));
                default -> {}
            }
        }
        return values;
    }

    private static String text(Random random) {
        return RandomText.over(VALUE_CHARACTERS, 4, random);
    }

    static String template(Random random) {
        StringBuilder out = new StringBuilder();
        for (int i = random.nextInt(3); i >= 0; i--) {
            out.append(RandomText.over("/x-.", 2, random))
                    .append('{')
                    .append(expression(random))
                    .append('}');
        }
        return out.toString();
    }

    static String expression(Random random) {
        StringBuilder out =
                new StringBuilder(List.of("", "+", "#", ".", "/", ";", "?", "&").get(random.nextInt(8)));
        List<String> specs = List.of("a", "b", "c", "a*", "b*", "c*", "a:2", "b:1");
        for (int i = random.nextInt(3); i >= 0; i--) {
            out.append(specs.get(random.nextInt(specs.size()))).append(i > 0 ? "," : "");
        }
        return out.toString();
    }

    static String expand(String template, Map<String, Object> values) {
        StringBuilder out = new StringBuilder();
        for (int at = 0; at < template.length(); ) {
            int close = template.charAt(at) == '{' ? template.indexOf('}', at) : -1;
            out.append(
                    close < 0 ? template.substring(at, at + 1) : expression(template.substring(at + 1, close), values));
            at = close < 0 ? at + 1 : close + 1;
        }
        return out.toString();
    }

    private static String expression(String text, Map<String, Object> values) {
        String sign = "+#./;?&".indexOf(text.charAt(0)) >= 0 ? text.substring(0, 1) : "";
        String first = sign.equals("+") ? "" : sign;
        String separator =
                Map.of(".", ".", "/", "/", ";", ";", "?", "&", "&", "&").getOrDefault(sign, ",");
        List<String> parts = new ArrayList<>();
        for (String spec : text.substring(sign.length()).split(",")) {
            String part = variable(spec, sign, separator, values);
            if (part != null) {
                parts.add(part);
            }
        }
        return parts.isEmpty() ? "" : first + String.join(separator, parts);
    }

    private static @Nullable String variable(String spec, String sign, String separator, Map<String, Object> values) {
        String name = spec.substring(0, 1);
        Object value = values.get(name);
        boolean named = ";?&".contains(sign) && !sign.isEmpty();
        if (value == null || (spec.contains(":") && !(value instanceof String))) {
            return null; // a prefix is not for composite values
        }
        List<String> items = new ArrayList<>();
        boolean explode = spec.endsWith("*") && !(value instanceof String);
        if (value instanceof List<?> list) {
            list.forEach(item -> items.add(
                    named && explode
                            ? pair(name, encode(item.toString(), sign), sign)
                            : encode(item.toString(), sign)));
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((k, v) -> {
                String encoded = encode(v.toString(), sign);
                if (explode) {
                    items.add(named ? pair(k.toString(), encoded, sign) : k + "=" + encoded);
                } else {
                    items.add(k + "," + encoded);
                }
            });
        } else {
            String text = value.toString();
            int length = spec.contains(":") ? Math.min(text.length(), spec.charAt(2) - '0') : text.length();
            items.add(encode(text.substring(0, length), sign));
        }
        String joined = String.join(explode ? separator : ",", items);
        return named && !explode ? pair(name, joined, sign) : joined;
    }

    private static String pair(String name, String value, String sign) {
        return value.isEmpty() && sign.equals(";") ? name : name + "=" + value;
    }

    private static String encode(String text, String sign) {
        String allowed = sign.equals("+") || sign.equals("#") ? UNRESERVED + RESERVED : UNRESERVED;
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            out.append(b > 0 && allowed.indexOf(b) >= 0 ? "" + (char) b : "%%%02X".formatted(b));
        }
        return out.toString();
    }
}
