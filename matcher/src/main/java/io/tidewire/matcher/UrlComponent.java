package io.tidewire.matcher;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The eight parts of a URL that a URL pattern matches one by one. */
enum UrlComponent {
    PROTOCOL,
    USERNAME,
    PASSWORD,
    HOSTNAME,
    PORT,
    PATHNAME,
    SEARCH,
    HASH;

    /** {@return this component of the URL} */
    String of(WebUrl url) {
        return switch (this) {
            case PROTOCOL -> url.protocol();
            case USERNAME -> url.username();
            case PASSWORD -> url.password();
            case HOSTNAME -> url.hostname();
            case PORT -> url.port();
            case PATHNAME -> url.pathname();
            case SEARCH -> url.search();
            case HASH -> url.hash();
        };
    }

    /**
     * {@return fixed text of a pattern as the URL parser would write it} This is the standard's "encoding callback" (URL
     * Pattern Standard, section 3.1).
     *
     * @param special whether the pattern's protocol is, or may be, a special scheme
     */
    String canonical(String text, boolean special) {
        if (text.isEmpty()) {
            return text;
        }
        return switch (this) {
            case PROTOCOL -> protocol(text);
            case USERNAME, PASSWORD -> EncodeSet.USERINFO.encode(text);
            case HOSTNAME -> hostname(text);
            case PORT -> port(text);
            case PATHNAME -> special ? pathname(text) : opaquePathname(text);
            case SEARCH -> (special ? EncodeSet.SPECIAL_QUERY : EncodeSet.QUERY).encode(text);
            case HASH -> EncodeSet.FRAGMENT.encode(text);
        };
    }

    private static String protocol(String text) {
        String trimmed = UrlParser.trimmed(text);
        int length = Scheme.length(trimmed + ":");
        if (length < 0) {
            throw new BrokenRule("a protocol of letters, digits, '+', '-' and '.'");
        }
        return trimmed.substring(0, length).toLowerCase(Locale.ROOT);
    }

    private static String hostname(String text) {
        int end = 0;
        while (end < text.length() && "/\\?#".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        String name = text.substring(0, end);
        String host = HostParser.portColon(name) >= 0 ? null : HostParser.parse(name, true);
        if (host == null) {
            throw new BrokenRule("a host name");
        }
        return host;
    }

    /** {@return the text as a part of an IPv6 address} */
    static String ipv6Hostname(String text) {
        if (!text.chars().allMatch(c -> AsciiSet.HEX.contains(c) || c == '[' || c == ']' || c == ':')) {
            throw new BrokenRule("an IPv6 address of hexadecimal digits and ':' in brackets");
        }
        return text.toLowerCase(Locale.ROOT);
    }

    private static String port(String text) {
        int end = 0;
        while (end < text.length() && AsciiSet.DIGITS.contains(text.charAt(end))) {
            end++;
        }
        int number = HostParser.portNumber(text.substring(0, end));
        if (end == 0 || number < 0) {
            throw new BrokenRule("a port from 0 to 65535");
        }
        return Integer.toString(number);
    }

    private static String pathname(String text) {
        if (text.startsWith("/")) {
            return UrlParser.canonicalPath(text);
        }
        // so that a leading dot is no dot segment and no slash is put before it
        String path = UrlParser.canonicalPath("/-" + text);
        return path.substring(Math.min(2, path.length()));
    }

    private static String opaquePathname(String text) {
        int end = 0;
        while (end < text.length() && text.charAt(end) != '?' && text.charAt(end) != '#') {
            end++;
        }
        return UrlParser.opaque(text.substring(0, end), end < text.length());
    }

    /** {@return the character at which a segment of this component ends, or null if it has no segments} */
    @Nullable
    Character delimiter(boolean special) {
        return switch (this) {
            case HOSTNAME -> '.';
            case PATHNAME -> special ? '/' : null;
            default -> null;
        };
    }
}
