package io.tidewire.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.Creation;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamInfo;
import io.tidewire.stream.StreamSpec;
import io.tidewire.stream.Streams;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What changes streams: PUT, POST and DELETE (Durable Streams, sections 5.1 to 5.3). */
final class DurableWrites {
    private static final byte[] NOTHING = {};

    private final ServerContext server;
    private final Streams streams;

    DurableWrites(ServerContext server) {
        this.server = server;
        this.streams = server.hub().streams();
    }

    // --- PUT

    BodySink create(Exchange exchange, String name) {
        server.publishRate().take();
        HttpHeaders fields = exchange.request().headers();
        StreamSpec spec = DurableFields.spec(fields);
        return new WholeBody(server.limits().maxBodyBytes(), body -> {
            List<byte[]> messages = DurableSplitter.messages(spec.contentType(), spec.contentType(), body);
            StreamAppend first = DurableFields.append(fields, messages);
            server.then(
                    exchange, streams.create(name, spec, first), made -> created(exchange, name, spec, first, made));
        });
    }

    private void created(Exchange exchange, String name, StreamSpec asked, StreamAppend first, Creation made) {
        StreamInfo info = made.info();
        if (!made.created()) {
            requireWritable(name, info.spec());
            if (!isSame(asked, info.spec()) || first.close() != info.closed()) {
                throw new Problem(
                        HttpResponseStatus.CONFLICT,
                        "stream: " + name + " exists otherwise (expected: its content type, expiry, owner and end)");
            }
        }
        HttpResponseStatus status = made.created() ? HttpResponseStatus.CREATED : HttpResponseStatus.OK;
        String more = DurableFields.tail(info.tail(), info.closed())
                + DurableFields.expiry(info.spec())
                + (made.created() ? DurableFields.line("Location", DurableRoute.url(server, exchange)) : "");
        exchange.respond(new Responses.Head(status, info.spec().contentType(), more), NOTHING);
    }

    private static boolean isSame(StreamSpec a, StreamSpec b) {
        return DurableFields.sameType(a.contentType(), b.contentType())
                && Objects.equals(a.timeToLive(), b.timeToLive())
                && Objects.equals(a.expiresAt(), b.expiresAt())
                && a.owner().equals(b.owner());
    }

    // --- POST

    BodySink append(Exchange exchange, String name) {
        server.publishRate().take();
        HttpHeaders fields = exchange.request().headers();
        String type = Objects.requireNonNullElse(fields.get(HttpHeaderNames.CONTENT_TYPE), "");
        boolean numbered = DurableFields.isNumbered(fields);
        boolean open = exchange.hasBody() && !fields.contains(HttpHeaderNames.CONTENT_LENGTH);
        DurableSplitter cut =
                open && !numbered ? DurableSplitter.of(type, server.limits().maxBodyBytes()) : null;
        if (cut != null) {
            DurableBody body = new DurableBody(server, exchange, name, cut, DurableFields.closes(fields));
            body.startWhen(streams.info(name).thenAccept(found -> requireFits(name, found, type)));
            return body;
        }
        return new WholeBody(
                server.limits().maxBodyBytes(),
                // One after the other: appends of one connection keep their order.
                body -> exchange.handler().whenFirst(exchange, () -> append(exchange, name, type, body)));
    }

    private void append(Exchange exchange, String name, String type, byte[] body) {
        server.then(exchange, streams.info(name), found -> {
            StreamAppend append = judged(exchange, name, type, body, found);
            server.then(exchange, streams.append(name, append), outcome -> answer(exchange, name, append, outcome));
        });
    }

    private static StreamAppend judged(
            Exchange exchange, String name, String type, byte[] body, Optional<StreamInfo> found) {
        HttpHeaders fields = exchange.request().headers();
        boolean closes = DurableFields.closes(fields);
        if (body.length == 0 && !closes) {
            requireThere(name, found);
            throw emptyBody();
        }
        if (body.length == 0) {
            requireWritable(name, requireThere(name, found).spec());
            return DurableFields.append(fields, List.of());
        }
        StreamSpec spec = requireFits(name, found, type);
        List<byte[]> messages = DurableSplitter.messages(spec.contentType(), type, body);
        if (messages.isEmpty()) {
            throw emptyBody();
        }
        return DurableFields.append(fields, messages);
    }

    static Problem emptyBody() {
        return Problem.badRequest("body: without a message (expected: one, or Stream-Closed: true)");
    }

    private static StreamInfo requireThere(String name, Optional<StreamInfo> found) {
        return found.orElseThrow(() -> DurableRoute.noStream(name));
    }

    private static void requireWritable(String name, StreamSpec spec) {
        if (spec.isWrittenByOne()) {
            throw new Problem(
                    HttpResponseStatus.CONFLICT,
                    "stream: " + name + " is written by the one who opened it (expected: a stream made by PUT)");
        }
    }

    private static StreamSpec requireFits(String name, Optional<StreamInfo> found, String type) {
        StreamInfo info = requireThere(name, found);
        StreamSpec spec = info.spec();
        requireWritable(name, spec);
        if (type.isEmpty()) {
            throw Problem.badRequest("content-type: none (expected: " + spec.contentType() + ")");
        }
        if (!DurableSplitter.fits(spec.contentType(), type)) {
            Problem problem = new Problem(
                    HttpResponseStatus.CONFLICT, "content-type: " + type + " (expected: " + spec.contentType() + ")");
            throw info.closed() ? problem.field(DurableFields.CLOSED, "true") : problem;
        }
        return spec;
    }

    private static void answer(Exchange exchange, String name, StreamAppend append, AppendOutcome outcome) {
        requireTaken(name, append, outcome);
        boolean counted = append.producer() != null;
        boolean isNews = outcome.kind() == AppendOutcome.Kind.APPENDED;
        boolean says200 = counted && isNews && !append.messages().isEmpty();
        String more = DurableFields.tail(outcome.tail(), outcome.closed())
                + (counted
                        ? DurableFields.line(DurableFields.PRODUCER_EPOCH, outcome.epoch())
                                + DurableFields.line(DurableFields.PRODUCER_SEQ, outcome.seq())
                        : "");
        HttpResponseStatus status = says200 ? HttpResponseStatus.OK : HttpResponseStatus.NO_CONTENT;
        exchange.respond(new Responses.Head(status, "", more), NOTHING);
    }

    /** Throws the answer to an append that was not taken. */
    static void requireTaken(String name, StreamAppend append, AppendOutcome outcome) {
        switch (outcome.kind()) {
            case APPENDED, DUPLICATE -> {}
            case NO_STREAM -> throw DurableRoute.noStream(name);
            case CLOSED -> throw conflict("stream: " + name + " is closed (expected: an open one)", outcome);
            case SEQ_NOT_GREATER ->
                throw conflict("stream-seq: " + append.seq() + " (expected: greater than the one before)", outcome);
            case EPOCH_STALE ->
                throw new Problem(
                                HttpResponseStatus.FORBIDDEN,
                                "producer-epoch: too old (expected: " + outcome.epoch() + " or more)")
                        .field(DurableFields.PRODUCER_EPOCH, Long.toString(outcome.epoch()));
            case EPOCH_NOT_AT_ZERO -> throw Problem.badRequest("producer-seq: of a new epoch (expected: 0)");
            case SEQ_GAP ->
                throw conflict("producer-seq: appends are missing (expected: " + outcome.seq() + ")", outcome)
                        .field("Producer-Expected-Seq", Long.toString(outcome.seq()))
                        .field("Producer-Received-Seq", received(append));
        }
    }

    private static String received(StreamAppend append) {
        return append.producer() == null ? "" : Long.toString(append.producer().seq());
    }

    private static Problem conflict(String detail, AppendOutcome outcome) {
        Problem problem = new Problem(HttpResponseStatus.CONFLICT, detail);
        problem.field(DurableFields.NEXT_OFFSET, outcome.tail().token());
        return outcome.closed() ? problem.field(DurableFields.CLOSED, "true") : problem;
    }

    // --- DELETE

    /** The owner of an answer may press its stop button; all else needs a grant. */
    void delete(Exchange exchange, String name) {
        server.then(exchange, streams.info(name), found -> {
            boolean own = found.filter(
                            info -> info.spec().isWrittenByOne() && DurableRoute.isOwner(server, exchange, info.spec()))
                    .isPresent();
            if (!own) {
                server.access().requireControl(exchange.caller(), DurableRoute.path(name));
            }
            StreamInfo info = requireThere(name, found);
            server.then(exchange, stopped(info), isStopped -> {
                if (isStopped) {
                    exchange.respond(new Responses.Head(HttpResponseStatus.NO_CONTENT, "", ""), NOTHING);
                } else {
                    remove(exchange, name);
                }
            });
        });
    }

    private CompletionStage<Boolean> stopped(StreamInfo info) {
        return info.spec().isWrittenByOne() && !info.closed()
                ? streams.stop(info.name())
                : CompletableFuture.completedFuture(false);
    }

    private void remove(Exchange exchange, String name) {
        server.then(exchange, streams.delete(name), was -> {
            if (!was) {
                throw DurableRoute.noStream(name);
            }
            exchange.respond(new Responses.Head(HttpResponseStatus.NO_CONTENT, "", ""), NOTHING);
        });
    }
}
