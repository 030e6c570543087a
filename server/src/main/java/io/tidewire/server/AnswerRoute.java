package io.tidewire.server;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tidewire.llm.SequenceNumbers;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamInfo;
import io.tidewire.stream.StreamReader;
import io.tidewire.stream.Streams;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Recorded answers, and the newest ones of chats: reading, and stopping. */
final class AnswerRoute {
    private static final byte[] NOTHING = {};
    private static final int PAGE_BYTES = 256 << 10;

    private final ServerContext server;
    private final LlmGateway gateway;
    private final Streams streams;

    AnswerRoute(ServerContext server, LlmGateway gateway) {
        this.server = server;
        this.gateway = gateway;
        this.streams = gateway.streams();
    }

    /** {@code /llm/answers/{id}}: the answer; DELETE stops it. */
    BodySink answer(Exchange exchange, String id) {
        if (exchange.is(HttpMethod.DELETE)) {
            return found(exchange, id, info -> stop(exchange, info));
        }
        Routes.requireGet(exchange, "GET, HEAD, DELETE");
        if (exchange.is(HttpMethod.HEAD)) {
            return found(
                    exchange,
                    id,
                    info -> exchange.respond(
                            new Responses.Head(
                                    HttpResponseStatus.OK, info.spec().contentType(), state(info)),
                            NOTHING));
        }
        AnswerView view = AnswerView.of(exchange.query());
        return found(exchange, id, info -> read(exchange, id, info, view));
    }

    private static String state(StreamInfo info) {
        return "Stream-Next-Offset: " + info.tail().token() + "\r\n" + (info.closed() ? "Stream-Closed: true\r\n" : "")
                + "Cache-Control: no-store\r\n";
    }

    /** {@code /llm/chats/{chat}/stream}: the chat's running answer as a UI message stream, or 204; DELETE stops it. */
    BodySink chat(Exchange exchange, String chat) {
        boolean stops = exchange.is(HttpMethod.DELETE);
        if (!stops) {
            Routes.requireGet(exchange, "GET, HEAD, DELETE");
        }
        String name = LlmChats.name(server.user(exchange, server.remote(exchange)), chat);
        server.then(exchange, gateway.chats().newest(name), id -> {
            if (id.isEmpty()) {
                noContent(exchange);
                return;
            }
            server.then(exchange, find(exchange, id.get()), info -> {
                if (info.isEmpty() || info.get().closed() || exchange.is(HttpMethod.HEAD)) {
                    noContent(exchange);
                } else if (stops) {
                    stop(exchange, info.get());
                } else {
                    serve(exchange, id.get(), info.get(), AnswerView.UI, Offset.START);
                }
            });
        });
        return BodySink.NONE;
    }

    /** Goes on with an answer that the caller may see; for others there is none. */
    private BodySink found(Exchange exchange, String id, Consumer<StreamInfo> next) {
        server.then(
                exchange,
                find(exchange, id),
                info -> next.accept(info.orElseThrow(() -> Problem.notFound("answer: none here of that id"))));
        return BodySink.NONE;
    }

    /** {@return the answer of that id, if there is one that the caller may see} */
    CompletionStage<Optional<StreamInfo>> find(Exchange exchange, String id) {
        if (id.isEmpty() || id.length() > 64) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        String user = server.user(exchange, server.remote(exchange));
        return streams.info(LlmGateway.STREAMS + id).thenApply(info -> info.filter(found -> mayRead(user, found)));
    }

    private static boolean mayRead(@Nullable String user, StreamInfo info) {
        return info.spec().owner().map(owner -> owner.equals(user)).orElse(true);
    }

    private void stop(Exchange exchange, StreamInfo info) {
        if (info.closed()) {
            noContent(exchange);
        } else {
            server.then(exchange, streams.stop(info.name()), stopped -> noContent(exchange));
        }
    }

    private static void noContent(Exchange exchange) {
        exchange.respond(new Responses.Head(HttpResponseStatus.NO_CONTENT, "", "Cache-Control: no-store\r\n"), NOTHING);
    }

    // --- reading

    /** Answers by what comes after the place that the request names. */
    void read(Exchange exchange, String id, StreamInfo info, AnswerView view) {
        if (view.isFromStart()) {
            serve(exchange, id, info, view, Offset.START);
            return;
        }
        Map<String, List<String>> query = exchange.query();
        String after = PublishDefaults.first(query, "starting_after");
        Offset place = place(exchange, query, info);
        if (place == null && after != null) {
            server.then(
                    exchange,
                    numbered(info.name(), Offset.START, number(after)),
                    found -> resume(exchange, id, info, view, found));
        } else if (place != null) {
            resume(exchange, id, info, view, place);
        } else {
            serve(exchange, id, info, view, Offset.START);
        }
    }

    private void resume(Exchange exchange, String id, StreamInfo info, AnswerView view, Offset place) {
        if (info.closed() && place.compareTo(info.tail()) >= 0) {
            noContent(exchange); // an EventSource stops then
        } else {
            serve(exchange, id, info, view, place);
        }
    }

    private static @Nullable Offset place(Exchange exchange, Map<String, List<String>> query, StreamInfo info) {
        String lastId = LastEventId.of(exchange.request().headers());
        if (lastId != null && !lastId.isEmpty()) {
            return parse("last-event-id", lastId);
        }
        String offset = PublishDefaults.first(query, "offset");
        if (offset == null) {
            return null;
        }
        return switch (offset) {
            case "-1" -> Offset.START;
            case "now" -> info.tail();
            default -> parse("offset", offset);
        };
    }

    private static Offset parse(String field, String token) {
        return Offset.parse(token)
                .orElseThrow(() -> Problem.badRequest(
                        field + ": " + LastEventId.bounded(token) + " (expected: an id of this answer's events)"));
    }

    private static long number(String text) {
        if (!text.matches("\\d{1,15}")) {
            throw Problem.badRequest(
                    "starting_after: " + LastEventId.bounded(text) + " (expected: a sequence_number of the answer)");
        }
        return Long.parseLong(text);
    }

    /** {@return the place after the event of that {@code sequence_number}, page by page} */
    private CompletionStage<Offset> numbered(String name, Offset from, long number) {
        return streams.read(name, from, PAGE_BYTES).thenCompose(found -> {
            if (found.isEmpty()) {
                return CompletableFuture.completedFuture(from);
            }
            List<byte[]> messages = found.get().messages();
            int index = SequenceNumbers.indexAfter(messages, number);
            Offset place = from.plus(index);
            return index < messages.size() || found.get().isUpToDate()
                    ? CompletableFuture.completedFuture(place)
                    : numbered(name, place, number);
        });
    }

    private void serve(Exchange exchange, String id, StreamInfo info, AnswerView view, Offset place) {
        gateway.metrics().resumed();
        Responses.Head head = new Responses.Head(
                HttpResponseStatus.OK, view.contentType(info.spec()), LlmHeaders.again(id) + view.lines());
        StreamReader reader = streams.eagerReader(info.name(), place);
        exchange.onGone(reader::close);
        exchange.handler()
                .whenFirst(
                        exchange,
                        () -> StreamFeed.serve(server, exchange, head, reader, view.encoder(id, info.spec())));
    }
}
