package io.tidewire.llm;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.NettyOutbound;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;

/** One call: from Reactor Netty's signals to a listener's callbacks, in which one thing at a time happens and the end only once. */
final class UpstreamExchange implements UpstreamCall, CoreSubscriber<ByteBuf> {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamExchange.class);

    /** Causes may go round in a circle. */
    private static final int MOST_CAUSES = 10;

    /*
     * WAITING ── head, on the connection's loop ──▶ ANSWERING ── complete or error, on that loop ──▶ ENDED
     *    └────── error or silence, on any loop ──────────────────────────────────────────────────────▲
     *    cancel, from any thread and any phase ──────────────────────────────────────────────────────┘
     *
     * Whoever moves the phase to ENDED tells the listener, nobody else. While WAITING there is no callback yet, so the failure may come on
     * whatever loop saw it: it is then the only callback, and "one thread" holds. From ANSWERING on only the connection's loop tells.
     */
    private enum Phase {
        WAITING,
        ANSWERING,
        ENDED
    }

    private final UpstreamTarget target;
    private final UpstreamRequest request;
    private final UpstreamListener listener;
    private final Consumer<UpstreamExchange> ended;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.WAITING);

    private volatile @Nullable Flux<ByteBuf> source;
    private volatile @Nullable UpstreamGate gate;
    private final AtomicBoolean insideGate = new AtomicBoolean();
    private volatile @Nullable Subscription subscription;
    private volatile @Nullable EventLoop loop;
    private volatile boolean sent;

    /** Looks of the sweeper since something was heard; written by the connection's loop and the sweeper's. */
    private volatile int silentLooks;

    private volatile boolean paused;

    /** Whether the next chunk was not asked for because of the pause. */
    private final AtomicBoolean withheld = new AtomicBoolean();

    UpstreamExchange(
            UpstreamTarget target,
            UpstreamRequest request,
            UpstreamListener listener,
            Consumer<UpstreamExchange> ended) {
        this.target = target;
        this.request = request;
        this.listener = Objects.requireNonNull(listener, "listener");
        this.ended = ended;
    }

    /** Begins, once the gate lets it. */
    void open(UpstreamGate through, Flux<ByteBuf> answer) {
        source = answer;
        gate = through;
        through.enter(this);
    }

    /** Looks for a connection. {@return whether it is inside the gate; not if it is over already} */
    boolean start() {
        insideGate.set(true);
        if (phase.get() == Phase.ENDED) {
            // Whoever ended it may have taken it out of the gate already, and must not be followed by another leave.
            return !insideGate.compareAndSet(true, false);
        }
        Objects.requireNonNull(source).subscribe(this);
        return true;
    }

    private void leaveGate() {
        UpstreamGate entered = gate;
        if (entered == null) {
            return;
        }
        if (insideGate.compareAndSet(true, false)) {
            entered.leave();
        } else if (!sent) {
            entered.forget(this);
        }
    }

    /** Fills a connection's request; may run again if a pooled connection was found dead before a byte was written. */
    Publisher<Void> write(HttpClientRequest head, NettyOutbound out) {
        leaveGate();
        if (phase.get() == Phase.ENDED) {
            return Mono.error(new ConnectException("cancelled"));
        }
        sent = true;
        HttpHeaders fields = head.requestHeaders();
        // What the library says of itself is not what the client said.
        if (!isNamed(request.headers(), HttpHeaderNames.USER_AGENT.toString())) {
            fields.remove(HttpHeaderNames.USER_AGENT);
        }
        if (!isNamed(request.headers(), HttpHeaderNames.ACCEPT.toString())) {
            fields.remove(HttpHeaderNames.ACCEPT);
        }
        return request.body().length == 0
                ? out
                : out.send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(request.body())));
    }

    private static boolean isNamed(List<Map.Entry<String, String>> fields, String name) {
        return fields.stream().anyMatch(field -> field.getKey().equalsIgnoreCase(name));
    }

    /** Takes the head, on the connection's loop, and tells where the body is. */
    Publisher<ByteBuf> answer(HttpClientResponse response, Connection connection) {
        silentLooks = 0;
        loop = connection.channel().eventLoop();
        if (!phase.compareAndSet(Phase.WAITING, Phase.ANSWERING)) {
            connection.dispose();
            return Flux.empty();
        }
        UpstreamHead head = new UpstreamHead(
                response.status().code(),
                UpstreamHeaders.toClient(response.responseHeaders().entries()));
        if (!told(() -> listener.head(this, head))) {
            connection.dispose();
            return Flux.empty();
        }
        return connection.inbound().receive();
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription = given;
        if (phase.get() == Phase.ENDED) {
            given.cancel();
        } else {
            askForNext(given);
        }
    }

    @Override
    public void onNext(ByteBuf chunk) {
        silentLooks = 0;
        if (phase.get() == Phase.ENDED || !chunk.isReadable()) {
            askForNext(Objects.requireNonNull(subscription));
            return;
        }
        if (told(() -> listener.data(chunk.nioBuffer().asReadOnlyBuffer()))) {
            askForNext(Objects.requireNonNull(subscription));
        }
    }

    @Override
    public void onComplete() {
        if (end(Phase.ANSWERING)) {
            told(listener::end);
        }
    }

    @Override
    public void onError(Throwable failure) {
        UpstreamException reason = reason(failure);
        // One after the other: no head can come any more, since this signal is the last.
        if (end(Phase.WAITING) || end(Phase.ANSWERING)) {
            told(() -> listener.failed(reason));
        }
    }

    @Override
    public void cancel() {
        Phase from = phase.getAndSet(Phase.ENDED);
        if (from != Phase.ENDED) {
            ended.accept(this);
            disconnect();
            leaveGate();
        }
    }

    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public void resume() {
        paused = false;
        Subscription reading = subscription;
        if (reading != null && withheld.compareAndSet(true, false)) {
            reading.request(1);
        }
    }

    /** Looks whether the upstream has been silent for too long; on the sweeper's loop. */
    void look(int mostLooks) {
        if (paused) {
            silentLooks = 0;
            return;
        }
        int looks = silentLooks + 1;
        silentLooks = looks;
        if (looks > mostLooks) {
            fail(new UpstreamException(
                    UpstreamException.Kind.SILENT, name() + ": nothing came for the idle time", null));
        }
    }

    /** Ends the call from our side and tells the listener, on the thread that is its own. */
    void fail(UpstreamException reason) {
        EventLoop own = loop;
        if (end(Phase.WAITING)) {
            disconnect();
            told(() -> listener.failed(reason));
        } else if (own != null) {
            own.execute(() -> {
                if (end(Phase.ANSWERING)) {
                    disconnect();
                    told(() -> listener.failed(reason));
                }
            });
        }
    }

    private void askForNext(Subscription reading) {
        if (!paused) {
            reading.request(1);
            return;
        }
        withheld.set(true);
        // resume() may have come between the two lines above and found nothing withheld
        if (!paused && withheld.compareAndSet(true, false)) {
            reading.request(1);
        }
    }

    private boolean end(Phase from) {
        if (!phase.compareAndSet(from, Phase.ENDED)) {
            return false;
        }
        ended.accept(this);
        leaveGate();
        return true;
    }

    private void disconnect() {
        Subscription reading = subscription;
        if (reading != null) {
            reading.cancel();
        }
    }

    /** Runs a callback; a listener that throws has lost its call. */
    private boolean told(Runnable callback) {
        try {
            callback.run();
            return true;
        } catch (RuntimeException e) {
            LOG.error("{}: its listener failed; the call is cancelled", name(), e);
            cancel();
            return false;
        }
    }

    private UpstreamException reason(Throwable failure) {
        if (!sent) {
            return new UpstreamException(
                    UpstreamException.Kind.UNREACHABLE, name() + ": no connection: " + words(failure), failure);
        }
        String when = loop == null ? "before the answer" : "in mid-answer";
        return new UpstreamException(
                UpstreamException.Kind.CUT, name() + ": the connection ended " + when + ": " + words(failure), failure);
    }

    /**
     * Only what the network, a proxy and TLS say, and of a chain of failures the one that was first; a message about bytes of an answer
     * might quote them.
     */
    private static String words(Throwable failure) {
        String words = failure.getClass().getSimpleName();
        Throwable each = failure;
        for (int depth = 0; each != null && depth < MOST_CAUSES; depth++, each = each.getCause()) {
            if (each instanceof UnknownHostException) {
                return "the name is not known";
            }
            if (each instanceof IOException && each.getMessage() != null) {
                words = each.getMessage();
            }
        }
        return words;
    }

    private String name() {
        return "upstream " + target.name() + " (" + target.authority() + ")";
    }
}
