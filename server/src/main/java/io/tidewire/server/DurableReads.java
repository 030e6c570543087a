package io.tidewire.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamInfo;
import io.tidewire.stream.StreamPage;
import io.tidewire.stream.StreamReader;
import io.tidewire.stream.Streams;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** What reads streams: GET and HEAD (Durable Streams, sections 5.4 to 5.7), and the browser's own EventSource. */
final class DurableReads {
    /** The longest answer to one read, but for a single message that is longer. */
    static final int PAGE_BYTES = 1 << 20;

    private static final byte[] NOTHING = {};
    private static final byte[] EMPTY_ARRAY = {'[', ']'};

    /** A page that others follow never changes, but its stream may be deleted and made anew. */
    private static final String KEEP = "max-age=60, stale-while-revalidate=300";

    private final ServerContext server;
    private final Streams streams;
    private final DurableCursor cursors = new DurableCursor(InstantSource.system());

    DurableReads(ServerContext server) {
        this.server = server;
        this.streams = server.hub().streams();
    }

    void head(Exchange exchange, String name) {
        server.access().requireSubscriber(exchange.caller());
        server.then(exchange, streams.info(name), found -> {
            StreamInfo info = found.filter(i -> DurableRoute.mayRead(server, exchange, name, i.spec()))
                    .orElseThrow(() -> DurableRoute.noStream(name));
            String more = DurableFields.tail(info.tail(), info.closed())
                    + DurableFields.expiry(info.spec())
                    + "Cache-Control: no-store\r\n";
            exchange.respond(
                    new Responses.Head(HttpResponseStatus.OK, info.spec().contentType(), more), NOTHING);
        });
    }

    void get(Exchange exchange, String name) {
        server.access().requireSubscriber(exchange.caller());
        DurableQuery query = DurableQuery.of(exchange);
        Offset after = query.after();
        boolean feed = query.mode() == DurableQuery.Mode.SSE || query.mode() == DurableQuery.Mode.NATIVE;
        int bytes = feed ? FeedEncoder.PAGE_BYTES : PAGE_BYTES;
        CompletionStage<Optional<StreamPage>> first = after == null ? tail(name) : streams.read(name, after, bytes);
        server.then(exchange, first, found -> {
            StreamPage page = found.filter(p -> DurableRoute.mayRead(server, exchange, name, p.spec()))
                    .map(p -> ahead(after, p))
                    .orElseThrow(() -> DurableRoute.noStream(name));
            switch (query.mode()) {
                case CATCH_UP -> catchUp(exchange, query, page);
                case LONG_POLL -> poll(exchange, name, query, page);
                case SSE -> {
                    DurableEvents events = new DurableEvents(page.spec().contentType(), cursors, query.cursor());
                    feed(exchange, name, page, events.head(), events);
                }
                case NATIVE -> nativeEvents(exchange, name, page);
            }
        });
    }

    /** {@return the place where the stream ends now; a message may have come since then} */
    private CompletionStage<Optional<StreamPage>> tail(String name) {
        return streams.info(name)
                .thenCompose(found -> found.isEmpty()
                        ? CompletableFuture.completedFuture(Optional.empty())
                        : streams.read(name, found.get().tail(), 1));
    }

    // --- at once

    private void catchUp(Exchange exchange, DurableQuery query, StreamPage page) {
        boolean json = DurableFields.isJson(page.spec().contentType());
        if (query.isNow()) {
            StreamPage empty = page.messages().isEmpty()
                    ? page
                    : new StreamPage(page.spec(), page.start(), List.of(), page.start(), false);
            String more = state(empty, query) + "Cache-Control: no-store\r\n";
            exchange.respond(head(HttpResponseStatus.OK, page, more), json ? EMPTY_ARRAY : NOTHING);
        } else {
            answer(exchange, query, page);
        }
    }

    private void answer(Exchange exchange, DurableQuery query, StreamPage page) {
        boolean json = DurableFields.isJson(page.spec().contentType());
        byte[] body = json ? DurableJson.array(page.messages()) : DurableEvents.joined(page.messages());
        String tag = tag(page, body);
        String scope = page.spec().owner().isPresent() || server.access().isGuarded() ? "private" : "public";
        String more = state(page, query)
                + DurableFields.line("ETag", tag)
                + DurableFields.line("Cache-Control", page.isUpToDate() ? scope + ", no-cache" : scope + ", " + KEEP)
                + "Vary: Accept\r\n";
        boolean known = exchange.request().headers().getAll(HttpHeaderNames.IF_NONE_MATCH).stream()
                .anyMatch(field -> field.equals("*") || field.contains(tag));
        exchange.respond(
                head(known ? HttpResponseStatus.NOT_MODIFIED : HttpResponseStatus.OK, page, more),
                known ? NOTHING : body);
    }

    private static Responses.Head head(HttpResponseStatus status, StreamPage page, String more) {
        return new Responses.Head(status, page.spec().contentType(), more);
    }

    private String state(StreamPage page, DurableQuery query) {
        return DurableFields.tail(page.next(), page.isEnd())
                + (page.isUpToDate() ? "Stream-Up-To-Date: true\r\n" : "")
                + DurableFields.line("Stream-Cursor", cursors.next(query.cursor()));
    }

    /** Two sums, because a stream that was made anew has the same offsets as the one before. */
    private static String tag(StreamPage page, byte[] body) {
        CRC32 one = new CRC32();
        one.update(body);
        CRC32C other = new CRC32C();
        other.update(body);
        String end = page.isEnd() ? "c" : page.isUpToDate() ? "t" : "";
        return '"'
                + page.start().token()
                + ':'
                + page.next().token()
                + end
                + ':'
                + Long.toHexString(one.getValue() << 32 | other.getValue())
                + '"';
    }

    // --- as it comes

    private void poll(Exchange exchange, String name, DurableQuery query, StreamPage page) {
        if (page.isEnd() && page.messages().isEmpty()) {
            nothingCame(exchange, query, page);
        } else if (!page.messages().isEmpty()) {
            answer(exchange, query, page);
        } else {
            StreamReader reader = streams.reader(name, page.next());
            new DurablePoll(server, exchange, reader, next -> polled(exchange, query, page, next)).start();
        }
    }

    private void polled(Exchange exchange, DurableQuery query, StreamPage before, @Nullable StreamPage next) {
        if (next == null) {
            nothingCame(exchange, query, before);
        } else if (next.messages().isEmpty()) {
            nothingCame(exchange, query, next);
        } else {
            answer(exchange, query, next);
        }
    }

    private void nothingCame(Exchange exchange, DurableQuery query, StreamPage page) {
        String more = state(page, query) + "Cache-Control: no-store\r\n";
        exchange.respond(new Responses.Head(HttpResponseStatus.NO_CONTENT, "", more), NOTHING);
    }

    private void nativeEvents(Exchange exchange, String name, StreamPage page) {
        boolean resumes = exchange.request().headers().contains("Last-Event-ID");
        if (resumes && page.isEnd() && page.messages().isEmpty()) {
            // Says to EventSource that it need not come again (WHATWG HTML, section 9.2.3).
            exchange.respond(
                    new Responses.Head(HttpResponseStatus.NO_CONTENT, "", "Cache-Control: no-store\r\n"), NOTHING);
            return;
        }
        NativeEvents events = new NativeEvents(page.spec().contentType());
        feed(exchange, name, page, events.head("Vary: Accept\r\n"), events);
    }

    private void feed(Exchange exchange, String name, StreamPage page, Responses.Head head, FeedEncoder encoder) {
        StreamReader reader = page.spec().isWrittenByOne()
                ? streams.eagerReader(name, page.next())
                : streams.reader(name, page.next());
        exchange.handler().whenFirst(exchange, () -> StreamFeed.serve(server, exchange, head, page, reader, encoder));
    }

    /** What one process writes may be read here before it is stored: who saw that is ahead of the page, and must not see it again. */
    private static StreamPage ahead(@Nullable Offset after, StreamPage page) {
        if (after == null
                || after.compareTo(page.next()) <= 0
                || page.closed()
                || !page.spec().isWrittenByOne()) {
            return page;
        }
        return new StreamPage(page.spec(), after, List.of(), after, false);
    }
}
