package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.tidewire.hub.Batch;
import io.tidewire.hub.CloseReason;
import io.tidewire.hub.Subscription;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A stream's way to its client over HTTP/1, and all that is left in its pipeline after the head. One object per
 * connection, because there are many.
 */
final class StreamOutlet extends ChannelInboundHandlerAdapter implements StreamEnd {
    /*
     * On epoll, a batch is written by one system call straight from the memory that the shard composed it in: no buffer object, no
     * queue, no copy per subscriber. Only what the socket does not take is copied and left to Netty, which then waits for the socket; until
     * that is gone the outlet is full, so at most the rest of one batch is held. Everything else (NIO, io_uring) goes through
     * Netty's queue, which is bounded by its high-water mark.
     */

    /** A client that is told to go and does not take the telling is gone after this. */
    private static final int LINGER_SECONDS = 5;

    private final Channel channel;
    private final @Nullable FileDescriptor socket;
    private final ChunkFraming framing;
    private final PeerProbe probe;
    private final Wire wire;
    private final boolean chunked;
    private @Nullable Subscription subscription;
    /** Whether Netty holds bytes that must go first; at the start, the response's head. */
    private boolean queued = true;

    private boolean closing;
    private boolean unconfirmed;
    private byte unanswered;

    StreamOutlet(Channel channel, ChunkFraming framing, PeerProbe probe, Wire wire, boolean chunked) {
        this.channel = channel;
        this.wire = wire;
        boolean plain = channel.pipeline().get(SslHandler.class) == null;
        this.socket = plain && channel instanceof EpollSocketChannel epoll ? epoll.fd() : null;
        this.framing = framing;
        this.probe = probe;
        this.chunked = chunked;
    }

    @Override
    public void serve(Subscription served) {
        subscription = served;
        if (!channel.isActive()) {
            served.gone();
        }
    }

    @Override
    public Written write(Batch batch) {
        FileDescriptor direct = socket;
        unconfirmed = true;
        if (direct == null || queued) {
            return writeQueued(batch);
        }
        int start = chunked ? framing.frame(batch) : batch.start();
        int end = chunked ? batch.end() + Batch.TAILROOM : batch.end();
        if (!direct.isOpen()) {
            return Written.GONE; // its number may be another socket's by now
        }
        try {
            int written = direct.writeAddress(framing.address(batch), start, end);
            if (written == end - start) {
                return Written.READY;
            }
            return queue(framing.copy(batch, start + written, end, channel.alloc()));
        } catch (IOException e) {
            channel.close(); // the client hung up
            return Written.GONE;
        }
    }

    private Written writeQueued(Batch batch) {
        if (!channel.isActive()) {
            return Written.GONE;
        }
        ByteBuf shared = framing.shared(batch, chunked, channel.alloc());
        if (socket != null) {
            return queue(shared);
        }
        channel.writeAndFlush(shared, channel.voidPromise());
        return channel.isWritable() ? Written.READY : Written.FULL;
    }

    /** Leaves bytes to Netty; they may be gone at once, if the socket had room again by then: so it is not full, and nobody is told that it drained. */
    private Written queue(ByteBuf rest) {
        queued = true;
        channel.writeAndFlush(rest).addListener(done -> {
            queued = false;
            Subscription served = subscription;
            if (served != null && done.isSuccess()) {
                served.drained();
            }
        });
        return queued ? Written.FULL : Written.READY;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        Subscription served = subscription;
        if (socket == null && served != null && channel.isWritable()) {
            served.drained();
        }
    }

    /** A silent connection is the kernel's to probe; this looks at those to which something is under way. */
    @Override
    public boolean isReachable() {
        if (unconfirmed && channel instanceof EpollSocketChannel tcp) {
            PeerProbe.Finding finding = probe.look(tcp, LOOK_MILLIS);
            unconfirmed = finding != PeerProbe.Finding.CLEAR;
            unanswered = finding == PeerProbe.Finding.UNANSWERED ? (byte) (unanswered + 1) : 0;
        }
        if (unanswered >= PeerProbe.LOOKS) {
            channel.close();
            return false;
        }
        return true;
    }

    @Override
    public void close(CloseReason reason) {
        if (closing) {
            return;
        }
        closing = true;
        wire.end(channel);
        channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message); // a client has nothing to say on a stream
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Subscription served = subscription;
        if (served != null) {
            served.gone();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close(); // a reset by the client is not an error; channelInactive does the rest
    }
}
