package io.tidewire.matcher;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
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

    private final String in;
    private final @Nullable WebUrl base;

    String scheme = "";
    String username = "";
    String password = "";

    @Nullable
    String host;

    int port = NONE;
    private PathSegments path = new PathSegments(false);

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

    /** {@return the path that the standard's path state makes of the text, for a special scheme other than file} */
    static String canonicalPath(String text) {
        UrlParser parser = new UrlParser(text, null);
        parser.scheme = "https";
        parser.segments(text.startsWith("/") || text.startsWith("\\") ? 1 : 0, text.length());
        return "/" + String.join("/", parser.segments());
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

    List<String> segments() {
        return path.list();
    }

    private boolean start() {
        int length = Scheme.length(in);
        if (length < 0) {
            return noScheme();
        }
        scheme = in.substring(0, length).toLowerCase(Locale.ROOT);
        int at = length + 1;
        if (scheme.equals("file")) {
            path = new PathSegments(true);
            return file(at);
        }
        if (special()) {
            boolean sameAsBase = base != null && base.protocol().equals(scheme);
            boolean relative = sameAsBase && !in.startsWith("//", at);
            return relative ? relative(at) : authority(afterSlashes(at));
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
        path = new PathSegments(scheme.equals("file"));
        return scheme.equals("file") ? file(0) : relative(0);
    }

    /** Relative and relative slash state. */
    private boolean relative(int at) {
        WebUrl from = Objects.requireNonNull(base);
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
        path.shorten();
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
        port = Scheme.isDefaultPort(scheme, number) ? NONE : number;
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
                && PathSegments.isDrive(base.segments().get(0))) {
            path.addAll(base.segments().subList(0, 1));
        }
        return path(at + 1);
    }

    private boolean fileHost(int at) {
        int end = at;
        while (end < in.length() && !isSlash(end) && in.charAt(end) != '?' && in.charAt(end) != '#') {
            end++;
        }
        String name = in.substring(at, end);
        if (PathSegments.isDrive(name)) {
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
            if (i == to || isSlash(i)) {
                path.add(in.substring(start, i), i == to);
                start = i + 1;
            }
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
        return Scheme.isSpecial(scheme);
    }

    private boolean isSlash(int at) {
        return at < in.length() && (in.charAt(at) == '/' || (special() && in.charAt(at) == '\\'));
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

    private boolean startsWithDrive(int at) {
        return at + 2 <= in.length()
                && PathSegments.isDrive(in.substring(at, at + 2))
                && (at + 2 == in.length() || isSlash(at + 2) || in.charAt(at + 2) == '?' || in.charAt(at + 2) == '#');
    }
}
