package io.tidewire.server;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.ScheduledFuture;
import io.tidewire.llm.UpstreamCall;
import io.tidewire.llm.UpstreamException;
import io.tidewire.llm.UpstreamHead;
import io.tidewire.llm.UpstreamListener;
import io.tidewire.llm.UpstreamRequest;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamReader;
import io.tidewire.stream.StreamSpec;
import io.tidewire.stream.StreamWriter;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request to an upstream: when the answer's head is there, decides whether it is recorded as a stream, or just handed on. Signals come
 * on the upstream's loop; the exchange is used on its own.
 */
final class LlmCall implements UpstreamListener {
    private static final Logger LOG = LoggerFactory.getLogger(LlmCall.class);

    private final LlmGateway gateway;
    private final ServerContext server;
    private final Exchange exchange;
    private final LlmAsk ask;
    private final LlmClaims.@Nullable Claim claim;
    /** Whether it is settled if there will be an answer: by its head, its failure, or the client that did not wait. */
    private final AtomicBoolean settled = new AtomicBoolean();

    private @Nullable Receiver receiver;

    /** Who takes the answer after its head. */
    interface Receiver {
        /** Bytes of the body; good during the call only. */
        void data(ByteBuffer bytes);

        /** The body is complete. */
        void end();

        /** The body broke off. */
        void failed(UpstreamException failure);
    }

    LlmCall(LlmGateway gateway, ServerContext server, Exchange exchange, LlmAsk ask, LlmClaims.@Nullable Claim claim) {
        this.gateway = gateway;
        this.server = server;
        this.exchange = exchange;
        this.ask = ask;
        this.claim = claim;
    }

    /** Sends the request. On the exchange's loop. */
    void send(UpstreamRequest request) {
        try {
            UpstreamCall call = gateway.send(ask.upstream(), request, this);
            if (claim == null && ask.chat() == null) {
                exchange.onGone(() -> gone(call)); // nobody else could find the answer
            }
        } catch (UpstreamException e) {
            failed(e);
        }
    }

    private void gone(UpstreamCall call) {
        if (settled.compareAndSet(false, true)) {
            call.cancel();
            gateway.metrics().abandoned();
        }
    }

    // --- the upstream's signals

    @Override
    public void head(UpstreamCall call, UpstreamHead head) {
        if (!settled.compareAndSet(false, true)) {
            call.cancel();
            return;
        }
        boolean good = head.status() >= 200 && head.status() < 300;
        receiver = good && head.isEventStream() ? record(call, head) : relay(call, head, good);
    }

    @Override
    public void data(ByteBuffer bytes) {
        Objects.requireNonNull(receiver).data(bytes);
    }

    @Override
    public void end() {
        Objects.requireNonNull(receiver).end();
    }

    @Override
    public void failed(UpstreamException failure) {
        Receiver to = receiver;
        if (to != null) {
            to.failed(failure);
            return;
        }
        release();
        if (settled.compareAndSet(false, true)) {
            gateway.metrics().upstreamFailed();
            LOG.warn("A request was not answered: {}", failure.getMessage());
            Problem problem = problem(failure, ask.upstream().name());
            server.onLoop(exchange, () -> exchange.fail(problem));
        }
    }

    private void release() {
        LlmClaims.Claim held = claim;
        if (held != null) {
            held.release();
        }
    }

    /** {@return what a client is told; hosts and ports are not its business} */
    static Problem problem(UpstreamException failure, String name) {
        String who = "upstream: " + name;
        return switch (failure.kind()) {
            case UNREACHABLE ->
                new Problem(HttpResponseStatus.BAD_GATEWAY, who + " cannot be reached (expected: try again later)");
            case CUT -> new Problem(HttpResponseStatus.BAD_GATEWAY, who + " broke off (expected: a whole answer)");
            case SILENT ->
                new Problem(
                        HttpResponseStatus.GATEWAY_TIMEOUT,
                        who + " said nothing for too long (expected: an answer within upstream." + name + ".idle)");
            case BUSY, CLOSED ->
                new Problem(
                                HttpResponseStatus.SERVICE_UNAVAILABLE,
                                who + " cannot be asked now: too many requests are under way, or the gateway stops")
                        .retryAfter(1);
        };
    }

    // --- an answer that is handed on

    private Receiver relay(UpstreamCall call, UpstreamHead head, boolean good) {
        LlmClaims.Claim held = claim;
        Consumer<byte[]> whole = null;
        if (held != null && good) {
            whole = body -> held.said(LlmHeaders.contentType(head), body);
        }
        LlmRelay relay = new LlmRelay(server, exchange, call, LlmHeaders.relayed(head), whole, this::release);
        relay.begin();
        return relay;
    }

    // --- an answer that is recorded

    private Receiver record(UpstreamCall call, UpstreamHead head) {
        String id = gateway.newId();
        LlmAnswer answer = new LlmAnswer(
                id,
                ask.dialect(),
                call,
                gateway.metrics(),
                () -> gateway.metrics().firstToken(exchange.elapsedNanos()));
        gateway.run(answer);
        StreamSpec spec = spec(head);
        CompletableFuture<StreamWriter> creation =
                gateway.streams().writer(LlmGateway.STREAMS + id, spec).toCompletableFuture();
        boolean late = !creation.isDone();
        if (late) {
            call.pause();
        }
        creation.whenComplete((writer, failure) -> {
            if (failure == null) {
                recorded(answer, writer, head, spec);
            } else {
                answer.notBegun(failure);
                release();
                server.onLoop(exchange, () -> exchange.fail(failure));
            }
            if (late) {
                call.resume();
            }
        });
        return answer;
    }

    private StreamSpec spec(UpstreamHead head) {
        String type = LlmHeaders.contentType(head);
        StreamSpec spec = StreamSpec.of(type.length() > 100 ? "text/event-stream" : type)
                .expiringAfter(gateway.config().keep())
                .with("upstream", ask.upstream().name())
                .with(AnswerView.DIALECT, ask.dialect().name());
        String owner = ask.owner();
        return owner == null ? spec : spec.with(StreamSpec.OWNER, owner);
    }

    private void recorded(LlmAnswer answer, StreamWriter writer, UpstreamHead head, StreamSpec spec) {
        StreamReader reader = gateway.streams().eagerReader(writer.name(), Offset.START);
        answer.begin(writer);
        gateway.watch(answer, writer, ask);
        ScheduledFuture<?> limit = exchange.channel()
                .eventLoop()
                .schedule(
                        () -> answer.cut(LlmAnswer.Cut.TOO_LONG),
                        gateway.config().maxDuration().toMillis(),
                        TimeUnit.MILLISECONDS);
        answer.ended().whenComplete((done, failure) -> limit.cancel(false));
        LlmClaims.Claim held = claim;
        if (held != null) {
            held.begun(answer.id());
        }
        String chat = ask.chat();
        if (chat != null) {
            gateway.chats().begun(chat, answer.id()).whenComplete((done, failure) -> {
                if (failure != null) {
                    LOG.warn("A chat's answer could not be noted: it cannot be found by its chat", failure);
                }
            });
        }
        server.onLoop(exchange, () -> serve(answer.id(), reader, head, spec));
    }

    private void serve(String id, StreamReader reader, UpstreamHead head, StreamSpec spec) {
        AnswerView view = ask.view();
        Responses.Head told = new Responses.Head(
                HttpResponseStatus.valueOf(head.status()),
                view.contentType(spec),
                LlmHeaders.recorded(head, id) + view.lines());
        exchange.onGone(reader::close);
        exchange.handler()
                .whenFirst(exchange, () -> StreamFeed.serve(server, exchange, told, reader, view.encoder(id, spec)));
    }
}
