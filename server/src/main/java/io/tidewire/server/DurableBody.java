package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.Streams;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * An append as one long request: its messages are appended as they arrive, and stay if the request breaks off. On the connection's
 * loop; one append is under way at a time, and takes with it what came while the one before was.
 */
final class DurableBody implements BodySink {
    /** What may wait for the store before no more is read from this client. */
    private static final int MAX_WAITING_BYTES = 256 << 10;

    private static final byte[] NOTHING = {};

    private final ServerContext server;
    private final Exchange exchange;
    private final Streams streams;
    private final String name;
    private final DurableSplitter cut;
    private final boolean closes;
    private List<byte[]> waiting = new ArrayList<>();
    private long waitingBytes;
    private boolean started;
    private boolean appending;
    private boolean ended;
    private boolean over;
    private @Nullable AppendOutcome newest;

    DurableBody(ServerContext server, Exchange exchange, String name, DurableSplitter cut, boolean closes) {
        this.server = server;
        this.exchange = exchange;
        this.streams = server.hub().streams();
        this.name = name;
        this.cut = cut;
        this.closes = closes;
    }

    /** Begins when it is known that the stream takes such a body; until then, no more is read of it. */
    void startWhen(CompletionStage<Void> known) {
        known.whenComplete((nothing, failure) -> server.onLoop(exchange, () -> {
            started = failure == null;
            if (failure == null) {
                proceed();
            } else {
                fail(failure);
            }
        }));
    }

    @Override
    public void part(ByteBuf bytes) {
        if (over) {
            return;
        }
        try {
            cut.feed(Text.bytes(bytes), this::take);
        } finally {
            proceed(); // what came before a bad line stays
        }
    }

    @Override
    public void end() {
        if (!over) {
            cut.end(this::take);
            ended = true;
            proceed();
        }
    }

    private void take(byte[] message) {
        waiting.add(message);
        waitingBytes += message.length;
    }

    private void proceed() {
        if (!over) {
            boolean ahead = !started || waitingBytes > MAX_WAITING_BYTES;
            exchange.handler().pauseBody(exchange.context(), !ended && ahead);
        }
        if (over || !started || appending) {
            return;
        }
        AppendOutcome outcome = newest;
        boolean close = ended && closes && (outcome == null || !outcome.closed());
        if (!waiting.isEmpty() || close) {
            append(close ? StreamAppend.of(waiting).closing() : StreamAppend.of(waiting));
        } else if (ended && outcome == null) {
            fail(DurableWrites.emptyBody());
        } else if (ended && outcome != null) {
            over = true;
            String tail = DurableFields.tail(outcome.tail(), outcome.closed());
            exchange.respond(new Responses.Head(HttpResponseStatus.NO_CONTENT, "", tail), NOTHING);
        }
    }

    private void append(StreamAppend append) {
        waiting = new ArrayList<>();
        appending = true;
        streams.append(name, append)
                .whenComplete((outcome, failure) -> server.onLoop(exchange, () -> {
                    appending = false;
                    waitingBytes -= append.bytes();
                    try {
                        if (failure == null) {
                            DurableWrites.requireTaken(name, append, outcome);
                            newest = outcome;
                            proceed();
                        } else {
                            fail(failure);
                        }
                    } catch (Problem e) {
                        fail(e);
                    }
                }));
    }

    private void fail(Throwable failure) {
        over = true;
        waiting = List.of();
        exchange.handler().pauseBody(exchange.context(), false);
        exchange.fail(failure);
    }
}
