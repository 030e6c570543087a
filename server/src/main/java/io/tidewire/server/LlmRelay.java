package io.tidewire.server;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tidewire.llm.UpstreamCall;
import io.tidewire.llm.UpstreamException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An answer that is no stream of events, handed on as it comes. The upstream's signals come on its loop, which is slowed down when the
 * client takes less than comes; the exchange is used on its own.
 */
final class LlmRelay implements LlmCall.Receiver {
    private static final Logger LOG = LoggerFactory.getLogger(LlmRelay.class);

    /** What may be on its way to one client, in bytes. */
    private static final int MOST_UNDER_WAY = 256 << 10;

    /** The longest answer that is remembered for those who ask again with the same key. */
    static final int MOST_REMEMBERED = 1 << 20;

    private static final byte[] NOTHING = {};

    private final ServerContext server;
    private final Exchange exchange;
    private final UpstreamCall call;
    private final Responses.Head head;
    private final @Nullable Consumer<byte[]> whole;
    private final Runnable forgotten;
    private final boolean hasBody;
    private final AtomicInteger underWay = new AtomicInteger();
    // On the upstream's loop.
    private @Nullable ByteArrayOutputStream kept;

    /** Takes who is told the whole body once it has come, or null; and who is told that nobody needs to remember the answer. */
    LlmRelay(
            ServerContext server,
            Exchange exchange,
            UpstreamCall call,
            Responses.Head head,
            @Nullable Consumer<byte[]> whole,
            Runnable forgotten) {
        this.server = server;
        this.exchange = exchange;
        this.call = call;
        this.head = head;
        this.whole = whole;
        this.forgotten = forgotten;
        this.kept = whole == null ? null : new ByteArrayOutputStream();
        int status = head.status().code();
        this.hasBody = !exchange.is(HttpMethod.HEAD)
                && status != HttpResponseStatus.NO_CONTENT.code()
                && status != HttpResponseStatus.NOT_MODIFIED.code();
    }

    void begin() {
        if (whole == null) {
            forgotten.run();
        }
        if (!hasBody) {
            return; // answered at its end
        }
        call.pause(); // until it is this answer's turn on the connection
        server.onLoop(exchange, () -> {
            exchange.onGone(this::gone);
            exchange.onWritable(this::resume);
            exchange.handler().whenFirst(exchange, () -> {
                exchange.begin(exchange.isChunked());
                exchange.part(exchange.wire().head(exchange, head));
                exchange.flushParts();
                call.resume();
            });
        });
    }

    private void gone() {
        call.cancel();
        forgotten.run();
    }

    private void resume() {
        if (underWay.get() < MOST_UNDER_WAY) {
            call.resume();
        }
    }

    @Override
    public void data(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        keep(copy);
        if (!hasBody) {
            return;
        }
        if (underWay.addAndGet(copy.length) >= MOST_UNDER_WAY) {
            call.pause();
        }
        server.onLoop(exchange, () -> {
            exchange.part(exchange.wire().piece(Unpooled.wrappedBuffer(copy)));
            exchange.flushParts();
            underWay.addAndGet(-copy.length);
            if (exchange.channel().isWritable()) {
                resume();
            } else {
                call.pause();
                if (exchange.channel().isWritable()) {
                    resume();
                }
            }
        });
    }

    private void keep(byte[] bytes) {
        ByteArrayOutputStream before = kept;
        if (before != null) {
            before.writeBytes(bytes);
            if (before.size() > MOST_REMEMBERED) {
                kept = null;
            }
        }
    }

    @Override
    public void end() {
        ByteArrayOutputStream all = kept;
        if (whole != null && all != null) {
            whole.accept(all.toByteArray());
        } else {
            forgotten.run();
        }
        server.onLoop(exchange, () -> {
            if (hasBody) {
                exchange.part(exchange.wire().last());
                exchange.complete();
            } else {
                exchange.respond(head, NOTHING);
            }
        });
    }

    @Override
    public void failed(UpstreamException failure) {
        LOG.warn("An answer broke off: {}", failure.getMessage());
        forgotten.run();
        server.onLoop(exchange, () -> exchange.fail(LlmCall.problem(failure, "the upstream")));
    }
}
