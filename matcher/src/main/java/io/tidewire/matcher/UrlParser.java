package io.tidewire.matcher;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads one URL; used once, by one thread. */
final class UrlParser {

    /*
     * The standard describes a machine that walks the text with one pointer (WHATWG URL Standard, section 4.4, "basic URL
     * parser"). Here each of its states is a method that takes the text from a position on; what they decide is the same.
     * A method answers false if the text is no URL.
     */

    private static final int NONE = -1;
    private static final Map<String, Integer> DEFAULT_PORTS =
            Map.of("http", 80, "https", 443, "ws", 80, "wss", 443, "ftp", 21, "file", NONE);

    private final String in;
    private final @Nullable WebUrl base;

    String scheme = "";
    String username = "";
    String password = "";

    @Nullable
    String host;

    int port = NONE;
    List<String> path = new ArrayList<>();

    @Nullable
    String opaquePath;

    @Nullable
    String query;

    @Nullable
    String fragment;

    private UrlParser(String in, @Nullable WebUrl base) {
        this.in = in;
        this.base = base;
    }

    static Optional<WebUrl> parse(String text, @Nullable WebUrl base) {
        UrlParser parser = new UrlParser(withoutNewlines(trimmed(text)), base);
        return parser.start() ? Optional.of(new WebUrl(parser)) : Optional.empty();
    }

    static boolean isSpecial(String scheme) {
        return DEFAULT_PORTS.containsKey(scheme);
    }

    static boolean isDefaultPort(String scheme, int port) {
        return DEFAULT_PORTS.getOrDefault(scheme, NONE) == port;
    }

    static Iterable<String> specialSchemes() {
        return DEFAULT_PORTS.keySet();
    }

    /** {@return the path that the standard's path state makes of the text, for a special scheme other than file} */
    static String canonicalPath(String text) {
        UrlParser parser = new UrlParser(text, null);
        parser.scheme = "https";
        parser.segments(text.startsWith("/") || text.startsWith("\\") ? 1 : 0, text.length());
        return "/" + String.join("/", parser.path);
    }

    /** {@return the length of the scheme that the text starts with and a colon ends, or -1} */
    static int schemeLength(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ':') {
                return i == 0 ? NONE : i;
            }
            boolean fits = AsciiSet.LETTERS.contains(c)
                    || i > 0 && (AsciiSet.DIGITS.contains(c) || c == '+' || c == '-' || c == '.');
            if (!fits) {
                return NONE;
            }
        }
        return NONE;
    }

    static String trimmed(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && text.charAt(from) <= ' ') {
            from++;
        }
        while (from < to && text.charAt(to - 1) <= ' ') {
            to--;
        }
        return text.substring(from, to);
    }

    static String withoutNewlines(String text) {
        return text.replace("\t", "").replace("\n", "").replace("\r", "");
    }

    private boolean start() {
        int length = schemeLength(in);
        if (length < 0) {
            return noScheme();
        }
        scheme = in.substring(0, length).toLowerCase(Locale.ROOT);
        int at = length + 1;
        if (scheme.equals("file")) {
            return file(at);
        }
        if (special()) {
            boolean sameAsBase = base != null && base.protocol().equals(scheme);
            return sameAsBase && !in.startsWith("//", at) ? relative(at) : authority(afterSlashes(at));
        }
        if (in.startsWith("//", at)) {
            return authority(at + 2);
        }
        if (in.startsWith("/", at)) {
            return path(at + 1);
        }
        int end = endOfPath(at);
        opaquePath = opaque(in.substring(at, end), end < in.length());
        return queryAndFragment(end);
    }

    private boolean noScheme() {
        if (base == null) {
            return false;
        }
        if (base.hasOpaquePath()) {
            scheme = base.protocol();
            opaquePath = base.pathname();
            query = base.query();
            return in.startsWith("#") && queryAndFragment(0);
        }
        scheme = base.protocol();
        return scheme.equals("file") ? file(0) : relative(0);
    }

    /** Relative and relative slash state. */
    private boolean relative(int at) {
        WebUrl from = java.util.Objects.requireNonNull(base);
        if (isSlash(at)) {
            if (isSlash(at + 1)) {
                return authority(special() ? afterSlashes(at) : at + 2);
            }
            copyAuthority(from);
            return path(at + 1);
        }
        copyAuthority(from);
        return merge(from, at);
    }

    private void copyAuthority(WebUrl from) {
        username = from.username();
        password = from.password();
        host = from.host();
        port = from.portNumber();
    }

    private boolean merge(WebUrl from, int at) {
        path.addAll(from.segments());
        if (at == in.length() || in.charAt(at) == '#') {
            query = from.query();
            return queryAndFragment(at);
        }
        if (in.charAt(at) == '?') {
            return queryAndFragment(at);
        }
        shorten();
        return path(at);
    }

    private boolean authority(int at) {
        int end = at;
        while (end < in.length() && !isSlash(end) && in.charAt(end) != '?' && in.charAt(end) != '#') {
            end++;
        }
        int sign = in.lastIndexOf('@', end - 1);
        int hostAt = at;
        if (sign >= at) {
            int colon = in.indexOf(':', at);
            boolean hasPassword = colon >= 0 && colon < sign;
            username = EncodeSet.USERINFO.encode(in.substring(at, hasPassword ? colon : sign));
            password = hasPassword ? EncodeSet.USERINFO.encode(in.substring(colon + 1, sign)) : "";
            hostAt = sign + 1;
            if (hostAt == end) {
                return false;
            }
        }
        return hostAndPort(in.substring(hostAt, end)) && pathStart(end);
    }

    private boolean hostAndPort(String text) {
        int colon = HostParser.portColon(text);
        String name = colon < 0 ? text : text.substring(0, colon);
        if (name.isEmpty() && (special() || colon >= 0)) {
            return false;
        }
        host = name.isEmpty() ? "" : HostParser.parse(name, special());
        if (host == null) {
            return false;
        }
        if (colon < 0 || colon == text.length() - 1) {
            return true;
        }
        int number = HostParser.portNumber(text.substring(colon + 1));
        port = isDefaultPort(scheme, number) ? NONE : number;
        return number >= 0;
    }

    private boolean file(int at) {
        host = "";
        boolean hasBase = base != null && base.protocol().equals("file");
        if (isSlash(at) && isSlash(at + 1)) {
            return fileHost(at + 2);
        }
        if (!hasBase || base == null) {
            return path(isSlash(at) ? at + 1 : at);
        }
        host = base.host();
        if (!isSlash(at)) {
            if (startsWithDrive(at)) {
                return path(at);
            }
            return merge(base, at);
        }
        if (!startsWithDrive(at + 1)
                && !base.segments().isEmpty()
                && isDrive(base.segments().get(0))) {
            path.add(base.segments().get(0));
        }
        return path(at + 1);
    }

    private boolean fileHost(int at) {
        int end = at;
        while (end < in.length() && !isSlash(end) && in.charAt(end) != '?' && in.charAt(end) != '#') {
            end++;
        }
        String name = in.substring(at, end);
        if (isDrive(name)) {
            return path(at);
        }
        if (!name.isEmpty()) {
            String parsed = HostParser.parse(name, true);
            if (parsed == null) {
                return false;
            }
            host = parsed.equals("localhost") ? "" : parsed;
        }
        return pathStart(end);
    }

    private boolean pathStart(int at) {
        if (isSlash(at)) {
            return path(at + 1);
        }
        return special() ? path(at) : queryAndFragment(at);
    }

    private boolean path(int at) {
        int end = endOfPath(at);
        segments(at, end);
        return queryAndFragment(end);
    }

    private void segments(int from, int to) {
        int start = from;
        for (int i = from; i <= to; i++) {
            if (i < to && !isSlash(i)) {
                continue;
            }
            String segment = in.substring(start, i);
            int dots = dots(segment);
            if (dots == 2) {
                shorten();
            }
            if (dots > 0) {
                if (i == to) {
                    path.add("");
                }
            } else if (scheme.equals("file") && path.isEmpty() && isDrive(segment)) {
                path.add(segment.charAt(0) + ":");
            } else {
                path.add(EncodeSet.PATH.encode(segment));
            }
            start = i + 1;
        }
    }

    /** {@return 1 for a single-dot segment, 2 for a double-dot one, encoded or not; else 0} */
    private static int dots(String segment) {
        int dots = 0;
        for (int i = 0; i < segment.length(); dots++) {
            if (segment.charAt(i) == '.') {
                i++;
            } else if (segment.regionMatches(true, i, "%2e", 0, 3)) {
                i += 3;
            } else {
                return 0;
            }
        }
        return dots > 2 ? 0 : dots;
    }

    private void shorten() {
        boolean drive = scheme.equals("file") && path.size() == 1 && isDrive(path.get(0));
        if (!path.isEmpty() && !drive) {
            path.remove(path.size() - 1);
        }
    }

    /** {@return the text of an opaque path; a space right before a query or fragment is the one that is encoded} */
    static String opaque(String text, boolean more) {
        boolean encodeLast = more && text.endsWith(" ");
        String encoded = EncodeSet.C0_CONTROL.encode(encodeLast ? text.substring(0, text.length() - 1) : text);
        return encodeLast ? encoded + "%20" : encoded;
    }

    private boolean queryAndFragment(int at) {
        int number = in.indexOf('#', at);
        int end = number < 0 ? in.length() : number;
        if (at < end) { // then a question mark is there
            EncodeSet set = special() ? EncodeSet.SPECIAL_QUERY : EncodeSet.QUERY;
            query = set.encode(in.substring(at + 1, end));
        }
        fragment = number < 0 ? null : EncodeSet.FRAGMENT.encode(in.substring(number + 1));
        return true;
    }

    private boolean special() {
        return isSpecial(scheme);
    }

    private boolean isSlash(int at) {
        return at < in.length() && (in.charAt(at) == '/' || special() && in.charAt(at) == '\\');
    }

    private int afterSlashes(int at) {
        int i = at;
        while (isSlash(i)) {
            i++;
        }
        return i;
    }

    private int endOfPath(int at) {
        int i = at;
        while (i < in.length() && in.charAt(i) != '?' && in.charAt(i) != '#') {
            i++;
        }
        return i;
    }

    private static boolean isDrive(String text) {
        return text.length() == 2
                && AsciiSet.LETTERS.contains(text.charAt(0))
                && (text.charAt(1) == ':' || text.charAt(1) == '|');
    }

    private boolean startsWithDrive(int at) {
        return at + 2 <= in.length()
                && isDrive(in.substring(at, at + 2))
                && (at + 2 == in.length() || isSlash(at + 2) || in.charAt(at + 2) == '?' || in.charAt(at + 2) == '#');
    }
}
