package io.tidewire.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.tidewire.hub.CloseReason;
import io.tidewire.sse.EventEncoder;
import io.tidewire.sse.ServerSentEvent;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a publisher's events to one client, asking for the next when the connection takes more. The signals may come on
 * any thread; all else is on the connection's event loop.
 */
final class PublisherStream extends ChannelInboundHandlerAdapter
        implements Flow.Subscriber<ServerSentEvent>, OwnStream {
    private static final Logger LOG = LoggerFactory.getLogger(PublisherStream.class);

    /** Events asked for at a time: enough that a hand-over between threads is not felt, few enough to hold. */
    private static final int DEMAND = 16;

    private final Channel channel;
    private final Wire wire;
    private final CompletableFuture<CloseReason> closed;
    private final long keepAliveMillis;
    private final EventEncoder encoder = new EventEncoder();
    private Flow.@Nullable Subscription subscription;
    private int wanted;
    private boolean wrote;

    PublisherStream(Channel channel, Wire wire, CompletableFuture<CloseReason> closed, long keepAliveMillis) {
        this.channel = channel;
        this.wire = wire;
        this.closed = closed;
        this.keepAliveMillis = keepAliveMillis;
    }

    void start() {
        channel.flush();
        keepAlive();
    }

    private void onLoop(Runnable task) {
        if (channel.eventLoop().inEventLoop()) {
            task.run();
        } else {
            channel.eventLoop().execute(task);
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription subscribed) {
        onLoop(() -> {
            if (closed.isDone()) {
                subscribed.cancel();
                return;
            }
            subscription = subscribed;
            demand();
        });
    }

    private void demand() {
        Flow.Subscription from = subscription;
        if (from != null && wanted == 0 && channel.isWritable() && !closed.isDone()) {
            wanted = DEMAND;
            from.request(DEMAND);
        }
    }

    @Override
    public void onNext(ServerSentEvent event) {
        onLoop(() -> {
            wanted--;
            if (!closed.isDone()) {
                encoder.clear();
                write(encoder.add(event).toByteArray());
                demand();
            }
        });
    }

    @Override
    public void onError(Throwable failure) {
        LOG.error("A stream handler failed; its client was told that much and no more", failure);
        onLoop(() -> end("error", "{\"detail\":\"The stream failed\"}", CloseReason.COMPLETED));
    }

    @Override
    public void onComplete() {
        onLoop(() -> close(CloseReason.COMPLETED));
    }

    /** Tells the client why, ends the stream, and cancels its publisher. */
    @Override
    public void shutDown() {
        onLoop(() -> {
            close(CloseReason.SHUTDOWN);
            Flow.Subscription from = subscription;
            if (from != null) {
                from.cancel();
            }
        });
    }

    private void close(CloseReason reason) {
        end("closing", "{\"reason\":\"" + reason.label() + "\"}", reason);
    }

    private void end(String event, String data, CloseReason reason) {
        if (closed.isDone()) {
            return;
        }
        encoder.clear();
        write(encoder.event(event).data(data).end().toByteArray());
        closed.complete(reason);
        wire.end(channel);
    }

    private void write(byte[] bytes) {
        wrote = true;
        channel.writeAndFlush(wire.raw(Unpooled.wrappedBuffer(bytes)), channel.voidPromise());
    }

    private void keepAlive() {
        if (closed.isDone()) {
            return;
        }
        if (!wrote) {
            encoder.clear();
            write(encoder.comment("").end().toByteArray());
        }
        wrote = false;
        channel.eventLoop().schedule(this::keepAlive, keepAliveMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        demand();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (closed.complete(CloseReason.CLIENT_GONE)) {
            Flow.Subscription from = subscription;
            if (from != null) {
                from.cancel();
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
