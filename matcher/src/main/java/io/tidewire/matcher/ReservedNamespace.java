package io.tidewire.matcher;

/**
 * The topics that only the hub itself publishes (Mercure, "Publication"): those whose path is the hub's or lies beneath it,
 * whatever their scheme and host.
 *
 * <p>A topic is resolved against the hub's URL, which removes dot segments, plain and encoded; then every encoded
 * unreserved character of its path is decoded, once. Immutable and safe for use by any thread; never throws.
 */
public final class ReservedNamespace {

    private static final AsciiSet UNRESERVED =
            AsciiSet.LETTERS.or(AsciiSet.DIGITS).or(AsciiSet.of("-._~"));

    private final WebUrl hub;
    private final String path;

    private ReservedNamespace(WebUrl hub) {
        this.hub = hub;
        this.path = decodeUnreserved(hub.pathname());
    }

    /** {@return the namespace of the hub at the URL} */
    public static ReservedNamespace of(WebUrl hub) {
        return new ReservedNamespace(hub);
    }

    /** {@return whether the topic is reserved; one that is no URL reference never is} */
    public boolean contains(String topic) {
        return hub.resolve(topic).filter(this::contains).isPresent();
    }

    /** {@return whether the topic, resolved already, is reserved} */
    public boolean contains(WebUrl topic) {
        String decoded = decodeUnreserved(topic.pathname());
        return decoded.startsWith(path) && (decoded.length() == path.length() || decoded.charAt(path.length()) == '/');
    }

    private static String decodeUnreserved(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        StringBuilder out = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            int c = path.charAt(i) == '%' ? triplet(path, i) : -1;
            if (c >= 0 && UNRESERVED.contains(c)) {
                out.append((char) c);
                i += 2;
            } else {
                out.append(path.charAt(i));
            }
        }
        return out.toString();
    }

    private static int triplet(String path, int at) {
        if (at + 2 >= path.length()) {
            return -1;
        }
        int high = Character.digit(path.charAt(at + 1), 16);
        int low = Character.digit(path.charAt(at + 2), 16);
        return (high < 0 || low < 0) ? -1 : high * 16 + low;
    }
}
