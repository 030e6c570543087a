package io.tidewire.server;

import io.netty.handler.codec.http.HttpMethod;
import io.tidewire.stream.Abandonment;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamSpec;
import io.tidewire.stream.Streams;
import io.tidewire.stream.TokenStream;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Answers a request by an application's own tokens, which are recorded as a stream that can be resumed. */
final class TokenRoute {
    /** 192 bits: whoever knows a name was told it. */
    private static final int NAME_BYTES = 24;

    private final ServerContext server;
    private final Offer offer;
    private final Streams streams;

    /**
     * What is offered at a path.
     *
     * @param handler makes the answers
     * @param policy what becomes of those that nobody reads
     */
    record Offer(TokenHandler handler, Abandonment policy) {}

    TokenRoute(ServerContext server, Offer offer) {
        this.server = server;
        this.offer = offer;
        this.streams = server.hub().streams();
    }

    BodySink open(Exchange exchange) {
        if (!exchange.is(HttpMethod.GET) && !exchange.is(HttpMethod.POST)) {
            throw Problem.methodNotAllowed(exchange.method(), "GET, POST");
        }
        server.access().requireSubscriber(exchange.caller());
        return new WholeBody(
                server.limits().maxBodyBytes(),
                body -> exchange.handler().whenFirst(exchange, () -> answer(exchange, body)));
    }

    private void answer(Exchange exchange, byte[] body) {
        String user = server.user(exchange, server.remote(exchange));
        TokenRequest request = new TokenRequest(exchange.head(server.remote(exchange)), body, user);
        String text = exchange.request().headers().get("Idempotency-Key");
        if (text == null) {
            begin(exchange, request);
            return;
        }
        String owner = Objects.requireNonNullElse(user, "");
        TokenAnswers.Key key = new TokenAnswers.Key(owner, exchange.path(), LastEventId.bounded(text));
        server.then(
                exchange,
                server.tokenAnswers().once(key, () -> begun(request)),
                name -> server.then(exchange, streams.info(name), found -> {
                    if (found.isPresent()) {
                        serve(exchange, name);
                    } else {
                        server.tokenAnswers().forget(key);
                        begin(exchange, request);
                    }
                }));
    }

    private void begin(Exchange exchange, TokenRequest request) {
        try {
            server.then(exchange, begun(request), name -> serve(exchange, name));
        } catch (RuntimeException e) {
            exchange.fail(e);
        }
    }

    private CompletionStage<String> begun(TokenRequest request) {
        Flow.Publisher<String> tokens = offer.handler().handle(request);
        TokenStream answer = streams.open("answers/" + unguessable(), spec(request.user()), offer.policy());
        answer.from(tokens);
        return answer.opened().thenApply(nothing -> answer.name());
    }

    private static StreamSpec spec(@Nullable String user) {
        StreamSpec spec = StreamSpec.of(TokenStream.CONTENT_TYPE).expiringAfter(TokenStream.KEPT);
        return user == null ? spec : spec.with(StreamSpec.OWNER, user);
    }

    private static String unguessable() {
        byte[] bytes = new byte[NAME_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private void serve(Exchange exchange, String name) {
        String url = DurableRoute.path(name);
        NativeEvents events = new NativeEvents(TokenStream.CONTENT_TYPE);
        Responses.Head head = events.head(DurableFields.line("Content-Location", url)
                + DurableFields.line("Location", url)
                + DurableFields.line("Link", "<" + url + ">; rel=\"self\""));
        StreamFeed.serve(server, exchange, head, streams.eagerReader(name, Offset.START), events);
    }
}
