package io.tidewire.server;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names and values as forms and queries have them (WHATWG URL Standard, "application/x-www-form-urlencoded parsing"): {@code +} is a
 * space, a {@code %} that begins no triplet stands for itself, a name alone has an empty value, order is kept. Values that are not
 * UTF-8 are refused when they are asked for, because fields that nobody asks for are to be ignored. Immutable.
 */
final class FormFields {
    private final List<Field> fields;

    private FormFields(List<Field> fields) {
        this.fields = List.copyOf(fields);
    }

    /** One field; the value is null if it is not UTF-8. */
    record Field(String name, @Nullable String value) {
        /** {@return the value; throws a 400 if it is not UTF-8} */
        String text() {
            if (value == null) {
                throw Problem.badRequest(name + ": malformed UTF-8 (expected: UTF-8)");
            }
            return value;
        }
    }

    /**
     * Parses fields.
     *
     * @param text one character for each byte, as ISO 8859-1 has it
     * @param most how many fields are taken; throws a 413 if there are more
     */
    static FormFields parse(String text, int most) {
        List<Field> fields = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int end = text.indexOf('&', from);
            end = end < 0 ? text.length() : end;
            if (end > from) {
                if (fields.size() == most) {
                    throw new Problem(
                            HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                            "fields: more than " + most + " (expected: at most that)");
                }
                fields.add(field(text.substring(from, end)));
            }
            from = end + 1;
        }
        return new FormFields(fields);
    }

    private static Field field(String pair) {
        int equals = pair.indexOf('=');
        byte[] name = decode(equals < 0 ? pair : pair.substring(0, equals));
        byte[] value = decode(equals < 0 ? "" : pair.substring(equals + 1));
        return new Field(new String(name, StandardCharsets.UTF_8), utf8(value));
    }

    private static byte[] decode(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int high = c == '%' && i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
            if (low >= 0) {
                out.write(high * 16 + low);
                i += 2;
            } else {
                out.write(c == '+' ? ' ' : c);
            }
        }
        return out.toByteArray();
    }

    private static @Nullable String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** {@return these and then those} */
    FormFields and(FormFields others) {
        List<Field> all = new ArrayList<>(fields);
        all.addAll(others.fields);
        return new FormFields(all);
    }

    List<Field> all() {
        return fields;
    }

    boolean has(String name) {
        return fields.stream().anyMatch(field -> field.name.equals(name));
    }

    /** {@return the first value of that name, or null; throws a 400 if it is not UTF-8} */
    @Nullable
    String first(String name) {
        for (Field field : fields) {
            if (field.name.equals(name)) {
                return field.text();
            }
        }
        return null;
    }

    /** {@return the values of that name; throws a 400 if one is not UTF-8} */
    List<String> values(String name) {
        return fields.stream()
                .filter(field -> field.name.equals(name))
                .map(Field::text)
                .toList();
    }
}
