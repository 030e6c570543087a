package io.tidewire.llm;

/** Which paths stay below a base URL, whoever reads them on the way. */
final class UpstreamPath {
    /** Visible characters that no path and no query may have as they are (RFC 3986 2). */
    private static final String NO_URI = "\"#<>\\^`{|}";

    private UpstreamPath() {}

    /*
     * Servers and proxies in front of an upstream differ in when they decode: so a segment counts as a dot segment also when its dots are
     * written %2e (WHATWG URL, "double-dot URL path segment"), and a backslash, which some take for a slash, is refused. %2F is data
     * (RFC 3986 2.2) and left alone, but "..%2F.." in one segment would climb where somebody decodes first: so dots are judged between
     * encoded slashes too.
     */

    /** {@return whether this is a path, perhaps with a query, that cannot lead out of what it is put below} */
    static boolean isSafe(String pathAndQuery) {
        if (pathAndQuery.isEmpty() || pathAndQuery.charAt(0) != '/' || !isVisible(pathAndQuery)) {
            return false;
        }
        int query = pathAndQuery.indexOf('?');
        String path = query < 0 ? pathAndQuery : pathAndQuery.substring(0, query);
        if (path.startsWith("//") || path.contains("%5c") || path.contains("%5C")) {
            return false;
        }
        for (String segment : path.split("/|%2[fF]", -1)) {
            // ";" begins parameters of a segment (RFC 3986 3.3), which some servers strip before they look at the dots.
            String name = segment.split(";|%3[bB]", 2)[0].replaceAll("%2[eE]", ".");
            if (name.equals(".") || name.equals("..")) {
                return false;
            }
        }
        return true;
    }

    /** {@return the path of a request to the target: its base, then what was asked} */
    static String below(String basePath, String pathAndQuery) {
        return basePath.endsWith("/")
                ? basePath.substring(0, basePath.length() - 1) + pathAndQuery
                : basePath + pathAndQuery;
    }

    private static boolean isVisible(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7f || NO_URI.indexOf(c) >= 0) {
                return false;
            }
            if (c == '%' && !(isHex(text, i + 1) && isHex(text, i + 2))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isHex(String text, int at) {
        return at < text.length() && Character.digit(text.charAt(at), 16) >= 0;
    }
}
