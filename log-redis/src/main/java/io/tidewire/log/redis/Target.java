package io.tidewire.log.redis;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which Redis: what URIs say besides the credentials.
 *
 * @param tls whether to speak TLS
 * @param master the name that the sentinels know it by; null: the addresses are Redis's own
 * @param database which of its databases
 * @param addresses one, or several nodes of one cluster, or sentinels
 */
record Target(boolean tls, @Nullable String master, int database, List<Address> addresses) {
    private static final int REDIS_PORT = 6379;
    private static final int SENTINEL_PORT = 26_379;
    private static final String FORMS = " (expected: redis://host:port, rediss://host:port for TLS,"
            + " redis-sentinel://host:port,host:port#master, or several nodes of a cluster separated by commas)";

    Target {
        addresses = List.copyOf(addresses);
    }

    /** {@return what one URI says} */
    static Target parse(String uri) {
        int colon = uri.indexOf("://");
        String scheme = colon < 0 ? "" : uri.substring(0, colon);
        boolean sentinel = scheme.endsWith("-sentinel");
        String base = sentinel ? scheme.substring(0, scheme.length() - "-sentinel".length()) : scheme;
        if (!base.equals("redis") && !base.equals("rediss")) {
            throw new IllegalArgumentException("redis.uri: scheme '" + scheme + "'" + FORMS);
        }
        String rest = withoutCredentials(uri.substring(colon + 3));
        int hash = rest.indexOf('#');
        String master = hash < 0 ? null : rest.substring(hash + 1);
        if (sentinel ? master == null || master.isEmpty() : master != null) {
            throw new IllegalArgumentException("redis.uri: " + (sentinel ? "no #master" : "a #master") + FORMS);
        }
        String place = hash < 0 ? rest : rest.substring(0, hash);
        int slash = place.indexOf('/');
        String hosts = slash < 0 ? place : place.substring(0, slash);
        int database = slash < 0 ? 0 : database(place.substring(slash + 1));
        List<Address> addresses = new ArrayList<>();
        for (String host : hosts.split(",", -1)) {
            addresses.add(Address.parse(host, sentinel ? SENTINEL_PORT : REDIS_PORT));
        }
        return new Target(base.equals("rediss"), master, database, addresses);
    }

    /** {@return what several URIs say together} */
    static Target parse(List<String> uris) {
        if (uris.isEmpty()) {
            throw new IllegalArgumentException("redis.uri: none" + FORMS);
        }
        Target first = parse(uris.get(0));
        List<Address> all = new ArrayList<>(first.addresses);
        for (String uri : uris.subList(1, uris.size())) {
            Target next = parse(uri);
            Target alike = new Target(next.tls, next.master, next.database, first.addresses);
            if (!alike.equals(first)) {
                throw new IllegalArgumentException(
                        "redis.uri: several of different kinds (expected: the same scheme, database and master)");
            }
            all.addAll(next.addresses);
        }
        return new Target(first.tls, first.master, first.database, all);
    }

    /** {@return user and password in the URI; a lone one is the password; null where there is none} */
    static @Nullable String[] credentials(String uri) {
        int start = uri.indexOf("://");
        int at = uri.lastIndexOf('@');
        if (start < 0 || at < start) {
            return new @Nullable String[] {null, null};
        }
        String info = uri.substring(start + 3, at);
        int colon = info.indexOf(':');
        String user = colon <= 0 ? null : decoded(info.substring(0, colon));
        return new @Nullable String[] {user, decoded(info.substring(colon + 1))};
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            // Without the cause: its message has a part of the password.
            throw new IllegalArgumentException("redis.uri: user and password (expected: percent-encoded)");
        }
    }

    static String withoutCredentials(String uri) {
        int start = uri.indexOf("://");
        int at = uri.lastIndexOf('@');
        return at < 0 ? uri : uri.substring(0, start < 0 ? 0 : start + 3) + uri.substring(at + 1);
    }

    private static int database(String text) {
        try {
            int database = text.isEmpty() ? 0 : Integer.parseInt(text);
            if (database >= 0) {
                return database;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("redis.uri: database " + text + " (expected: a number)", e);
        }
        throw new IllegalArgumentException("redis.uri: database " + text + " (expected: 0 or more)");
    }

    @Override
    public String toString() {
        String hosts = addresses.stream().map(Address::toString).collect(Collectors.joining(","));
        return master == null ? hosts : master + " (sentinels " + hosts + ")";
    }
}
