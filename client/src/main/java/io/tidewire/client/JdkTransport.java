package io.tidewire.client;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.util.Locale;
import java.util.concurrent.ThreadFactory;

/** On {@code java.net.http}. */
final class JdkTransport implements Transport {

    private final HttpClient client;
    private final Runnable release;
    // A client that we made speaks HTTP/1.1 without TLS: HTTP/2 would add an upgrade to every request, at which some
    // servers balk.
    private final boolean plainIsHttp1;

    JdkTransport(HttpClient client, Runnable release, boolean plainIsHttp1) {
        this.client = client;
        this.release = release;
        this.plainIsHttp1 = plainIsHttp1;
    }

    /** On a client of its own, whose threads end with it. */
    static JdkTransport owned(ThreadFactory threads) {
        OwnedHttpClient owned = new OwnedHttpClient(threads);
        return new JdkTransport(owned.client(), owned::close, true);
    }

    @Override
    public Exchange start(Request request) {
        HttpRequest.BodyPublisher body = request.body().length == 0
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofByteArray(request.body());
        HttpRequest.Builder builder = HttpRequest.newBuilder(request.uri()).method(request.method(), body);
        request.headers().forEach(builder::header);
        if (plainIsHttp1 && "http".equals(request.uri().getScheme().toLowerCase(Locale.ROOT))) {
            builder.version(HttpClient.Version.HTTP_1_1);
        }
        JdkExchange exchange = new JdkExchange();
        exchange.start(client, builder.build());
        return exchange;
    }

    /** {@return false: over HTTP/1.1 the JDK writes a question mark for everything that is not ASCII} */
    @Override
    public boolean sendsUtf8Headers() {
        return false;
    }

    @Override
    public void close() {
        release.run();
    }
}
