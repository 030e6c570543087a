package io.tidewire.llm;

import java.util.Locale;
import java.util.Objects;

/**
 * A key of our own for an upstream: the header field that carries it. It replaces what the client sent as {@code Authorization} and
 * {@code x-api-key}. Its value is secret: no message and no {@code toString} shows it.
 *
 * <pre>{@code
 * UpstreamKey openai = UpstreamKey.of("Authorization: Bearer {key}", System.getenv("OPENAI_API_KEY"));
 * UpstreamKey anthropic = UpstreamKey.of("x-api-key: {key}", System.getenv("ANTHROPIC_API_KEY"));
 * }</pre>
 *
 * @param header the field's name
 * @param value its whole value, the key in it
 */
public record UpstreamKey(String header, String value) {
    private static final String PLACE = "{key}";

    /**
     * Checks both.
     *
     * @throws IllegalArgumentException if they are no header field, or one that is never forwarded
     */
    public UpstreamKey {
        Objects.requireNonNull(header, "header");
        Objects.requireNonNull(value, "value");
        if (!UpstreamHeaders.isName(header) || !UpstreamHeaders.isForwarded(header.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(
                    "key header: " + header + " (expected: the name of a header field that may be sent upstream)");
        }
        if (value.isBlank() || !UpstreamHeaders.isValue(value)) {
            throw new IllegalArgumentException(
                    "key of " + header + ": not shown (expected: visible characters in one line)");
        }
    }

    /**
     * {@return the key in its header}
     *
     * @param template the field, with <code>{key}</code> where the key goes
     * @param key the secret
     * @throws IllegalArgumentException if the template has no colon or no place for the key, or the key no visible characters
     */
    public static UpstreamKey of(String template, String key) {
        int colon = template.indexOf(':');
        if (colon < 1 || !template.substring(colon).contains(PLACE)) {
            // Not shown: whoever wrote the key itself there must not read it in a log.
            throw new IllegalArgumentException(
                    "key header: not shown (expected: a template as 'Authorization: Bearer {key}')");
        }
        if (key.isBlank()) {
            throw new IllegalArgumentException("key: empty (expected: the upstream's key)");
        }
        return new UpstreamKey(
                template.substring(0, colon).strip(),
                template.substring(colon + 1).strip().replace(PLACE, key.strip()));
    }

    @Override
    public String toString() {
        return "UpstreamKey[" + header + ": not shown]";
    }
}
