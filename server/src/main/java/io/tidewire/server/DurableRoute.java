package io.tidewire.server;

import io.tidewire.stream.StreamSpec;
import io.tidewire.stream.StreamStore;
import java.util.List;

/** {@code /streams/{name}}: streams by the Durable Streams protocol, and as events that a browser's EventSource resumes. */
final class DurableRoute {
    private static final String PREFIX = "/streams/";

    /** What keeps a browser from taking a stream for a page or a script of this site (section 10.7), on every answer. */
    private static final String SECURITY =
            "X-Content-Type-Options: nosniff\r\nCross-Origin-Resource-Policy: same-origin\r\n";

    /** What the hub keeps in streams for its own purposes, and serves elsewhere by their own rules. */
    private static final List<String> RESERVED = List.of("tasks/", "llm-");

    /** Answers of language models: to be read as any stream, and written by their gateway alone. */
    private static final String ANSWERS = LlmGateway.STREAMS;

    private final ServerContext server;
    private final DurableWrites writes;
    private final DurableReads reads;

    DurableRoute(ServerContext server) {
        this.server = server;
        this.writes = new DurableWrites(server);
        this.reads = new DurableReads(server);
    }

    static boolean serves(String path) {
        return path.startsWith(PREFIX);
    }

    BodySink route(Exchange exchange, String path) {
        exchange.addFields(SECURITY);
        String name = path.substring(PREFIX.length());
        if (name.isEmpty()) {
            throw Problem.notFound("path: " + path + " (expected: /streams/ and a name)");
        }
        StreamStore.requireName(name);
        boolean isAnswer = name.startsWith(ANSWERS) && !exchange.isGetOrHead();
        if (isAnswer || RESERVED.stream().anyMatch(name::startsWith)) {
            throw Problem.notFound("stream: " + name
                    + " (expected: none of the hub's own; tasks are at /tasks, answers at /llm/answers)");
        }
        switch (exchange.method()) {
            case "GET" -> reads.get(exchange, name);
            case "HEAD" -> reads.head(exchange, name);
            case "PUT" -> {
                server.access().requireControl(exchange.caller(), path(name));
                return writes.create(exchange, name);
            }
            case "POST" -> {
                server.access().requireControl(exchange.caller(), path(name));
                return writes.append(exchange, name);
            }
            case "DELETE" -> writes.delete(exchange, name);
            default -> throw Problem.methodNotAllowed(exchange.method(), "GET, HEAD, PUT, POST, DELETE");
        }
        return BodySink.NONE;
    }

    /** {@return what a grant for a stream names} */
    static String path(String name) {
        return PREFIX + name;
    }

    /** {@return the answer for a stream that is not there, or not for the caller to know of} */
    static Problem noStream(String name) {
        return Problem.notFound("stream: " + name + " (expected: one that exists)");
    }

    /** {@return whether the caller may read a stream; if not, it is not told that there is one} */
    static boolean mayRead(ServerContext server, Exchange exchange, String name, StreamSpec spec) {
        return spec.owner().isEmpty() || isOwner(server, exchange, spec) || hasGrant(exchange, name);
    }

    private static boolean hasGrant(Exchange exchange, String name) {
        return exchange.caller().maySubscribe(path(name)) || exchange.caller().mayPublish(path(name));
    }

    static boolean isOwner(ServerContext server, Exchange exchange, StreamSpec spec) {
        String user = server.user(exchange, server.remote(exchange));
        return user != null && spec.owner().filter(user::equals).isPresent();
    }

    /** {@return the stream's URL, as the client reaches it} */
    static String url(ServerContext server, Exchange exchange) {
        return server.origin(exchange) + exchange.rawPath();
    }
}
