package io.tidewire.auth;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/** Keeps tokens out of logs. Thread-safe. */
public final class Redaction {
    /** Mercure 0.x's, and RFC 6750's. */
    private static final Set<String> SECRET_PARAMETERS = Set.of("authorization", "access_token");

    private static final String INSTEAD = "***";

    private Redaction() {}

    /**
     * {@return the URI with {@code ***} for the values of {@code authorization} and {@code access_token}, however the names are
     * spelt} Both in the query and in the fragment; all else stays byte for byte, and no URI is too broken for it.
     *
     * @param uri a request target, absolute or not
     */
    public static String uri(String uri) {
        int start = next(uri, 0, "?#");
        StringBuilder out = new StringBuilder(uri.length()).append(uri, 0, start);
        while (start < uri.length()) {
            out.append(uri.charAt(start));
            int name = start + 1;
            int equals = next(uri, name, "=?#&;");
            boolean secret =
                    equals < uri.length() && uri.charAt(equals) == '=' && isSecret(uri.substring(name, equals));
            // Some servers split at semicolons as well, so a name may follow one; a secret never ends at one.
            int end = next(uri, equals, secret ? "#&" : "?#&;");
            out.append(secret ? uri.substring(name, equals + 1) + INSTEAD : uri.substring(name, end));
            start = end;
        }
        return out.toString();
    }

    private static int next(String uri, int from, String ends) {
        int at = from;
        while (at < uri.length() && ends.indexOf(uri.charAt(at)) < 0) {
            at++;
        }
        return at;
    }

    private static boolean isSecret(String name) {
        String plain = name;
        try {
            plain = URLDecoder.decode(name, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            // a stray percent sign: no server reads that as one of the names
        }
        return SECRET_PARAMETERS.contains(plain.strip().toLowerCase(Locale.ROOT));
    }
}
