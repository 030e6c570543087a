package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.handler.ssl.SslHandler;
import io.tidewire.hub.Batch;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A stream's way to its client over HTTP/1, and all that is left in its pipeline after the head. One object per
 * connection, because there are many.
 */
final class StreamOutlet extends ChannelEnd {
    /*
     * On epoll, a batch is written by one system call straight from the memory that the shard composed it in: no buffer object, no
     * queue, no copy per subscriber. Only what the socket does not take is copied and left to Netty, which then waits for the socket; until
     * that is gone the outlet is full, so at most the rest of one batch is held. Everything else (NIO, io_uring) goes through
     * Netty's queue, which is bounded by its high-water mark.
     */

    private final @Nullable FileDescriptor socket;
    private final PeerProbe probe;
    private final boolean chunked;
    /** Whether Netty holds bytes that must go first; at the start, the response's head. */
    private boolean queued = true;

    private boolean unconfirmed;
    private byte unanswered;

    StreamOutlet(Channel channel, ChunkFraming framing, PeerProbe probe, Wire wire, boolean chunked) {
        super(channel, framing, wire);
        boolean plain = channel.pipeline().get(SslHandler.class) == null;
        this.socket = plain && channel instanceof EpollSocketChannel epoll ? epoll.fd() : null;
        this.probe = probe;
        this.chunked = chunked;
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
            if (done.isSuccess()) {
                drained();
            }
        });
        return queued ? Written.FULL : Written.READY;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (socket == null && channel.isWritable()) {
            drained();
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
}
