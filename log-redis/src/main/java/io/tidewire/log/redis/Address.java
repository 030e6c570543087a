package io.tidewire.log.redis;

/**
 * Where a server listens.
 *
 * @param host its name or address
 * @param port its TCP port
 */
record Address(String host, int port) {
    private static final int MAX_PORT = 65_535;

    /** {@return the address in {@code host}, {@code host:port} or {@code [v6]:port}} */
    static Address parse(String text, int defaultPort) {
        int bracket = text.lastIndexOf(']');
        int colon = text.lastIndexOf(':');
        boolean hasPort = colon > bracket;
        String host = hasPort ? text.substring(0, colon) : text;
        if (bracket > 0 && host.startsWith("[")) {
            host = host.substring(1, bracket);
        }
        if (host.isEmpty() || host.chars().anyMatch(c -> c <= ' ' || c == '/' || c == '@')) {
            throw new IllegalArgumentException("redis.uri: no host in " + text + " (expected: host or host:port)");
        }
        return new Address(host, hasPort ? port(text.substring(colon + 1)) : defaultPort);
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port >= 1 && port <= MAX_PORT) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("redis.uri: port " + text + " (expected: a number)", e);
        }
        throw new IllegalArgumentException("redis.uri: port " + text + " (expected: 1 to " + MAX_PORT + ")");
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
