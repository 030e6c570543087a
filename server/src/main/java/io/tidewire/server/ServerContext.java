package io.tidewire.server;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.ssl.SslHandler;
import io.tidewire.hub.Hub;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of a server share. Immutable but for its atomic parts.
 *
 * @param hub the engine
 * @param limits what one client may take
 * @param admission who has how many connections
 * @param publishRate how many publishes are taken
 * @param metrics the metrics page
 * @param accessLog who writes a line per request, if anybody
 * @param access who a request comes from, and what that one may do
 * @param cors which other sites' pages may call
 * @param identify says who a request's user is, if its token does not
 * @param pages static pages by path
 * @param streams an application's own streams by path
 * @param tokens an application's own answers by path
 * @param tokenAnswers which of those were begun under which key
 * @param proxies whose word about a client's address is taken
 * @param oldWire how HTTP/1.0 is answered
 * @param commonFields header lines of every answer; known once the port is
 * @param ownStreams responses that are open and no subscriptions of the hub: the application's, and readers of streams
 * @param mercure the Mercure hub, or null if it is not offered
 * @param llm the gateway to language models, or null if there is none
 * @param publicUrl where clients reach this server, if that is known
 * @param draining whether the server is on its way down
 */
record ServerContext(
        Hub hub,
        Limits limits,
        Admission admission,
        PublishRate publishRate,
        Metrics metrics,
        AccessLog accessLog,
        Access access,
        Cors cors,
        Function<RequestHead, @Nullable String> identify,
        Map<String, Page> pages,
        Map<String, StreamHandler> streams,
        Map<String, TokenRoute.Offer> tokens,
        TokenAnswers tokenAnswers,
        Proxies proxies,
        Wire oldWire,
        AtomicReference<String> commonFields,
        Set<OwnStream> ownStreams,
        @Nullable Mercure mercure,
        @Nullable LlmGateway llm,
        @Nullable URI publicUrl,
        AtomicBoolean draining) {

    /** Nobody is anybody. */
    static final Function<RequestHead, @Nullable String> ANONYMOUS = head -> null;

    /** {@return header lines of every answer} */
    String fieldsOfAll() {
        return Objects.requireNonNullElse(commonFields.get(), "");
    }

    boolean isDraining() {
        return draining.get();
    }

    /** Runs what answers an exchange on its connection's loop: now, if that is where we are. */
    void onLoop(Exchange exchange, Runnable task) {
        if (exchange.channel().eventLoop().inEventLoop()) {
            task.run();
        } else {
            exchange.channel().eventLoop().execute(task);
        }
    }

    /** Goes on with what a stage gives, on the exchange's loop; a failure, of either, is the exchange's answer. */
    <T> void then(Exchange exchange, CompletionStage<T> stage, Consumer<T> next) {
        stage.whenComplete((value, failure) -> onLoop(exchange, () -> {
            if (failure != null) {
                exchange.fail(failure);
                return;
            }
            try {
                next.accept(value);
            } catch (RuntimeException e) {
                exchange.fail(e);
            }
        }));
    }

    /** {@return the client's address: the socket's, or the one a trusted proxy names} */
    String remote(Exchange exchange) {
        return proxies.client(exchange.address(), exchange.request().headers());
    }

    /** {@return scheme and authority of URLs of this server, as the client of a request reaches it} */
    String origin(Exchange exchange) {
        URI known = publicUrl;
        if (known != null) {
            return known.getScheme() + "://" + known.getAuthority();
        }
        Channel channel = exchange.channel();
        boolean secure = channel.pipeline().get(SslHandler.class) != null
                || channel instanceof QuicStreamChannel
                || (channel.parent() != null && channel.parent().pipeline().get(SslHandler.class) != null);
        String host = exchange.request().headers().get(HttpHeaderNames.HOST);
        return (secure ? "https://" : "http://") + (host == null ? "localhost" : host);
    }

    /** {@return whose request it is, or null if nobody was identified} */
    @Nullable
    String user(Exchange exchange, String address) {
        if (!exchange.caller().isAnonymous()) {
            return exchange.caller().user();
        }
        return identify.equals(ANONYMOUS) ? null : identify.apply(exchange.head(address));
    }
}
