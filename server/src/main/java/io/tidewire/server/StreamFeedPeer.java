package io.tidewire.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.tidewire.hub.Outlet;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a feed's client has vanished without a word: an answer that nobody reads may cost money. As {@link StreamOutlet} does over
 * HTTP/1, and {@link QuicOutlet} over HTTP/3; over HTTP/2 the connection's pings do. On the connection's loop.
 */
final class StreamFeedPeer {
    private final Channel channel;
    private final PeerProbe probe;
    private final int patience;
    private @Nullable ChannelFuture last;
    private @Nullable ChannelFuture stuck;
    private int looks;

    StreamFeedPeer(Channel channel, Duration deadPeer) {
        this.channel = channel;
        this.probe = new PeerProbe(deadPeer);
        this.patience = (int) (2 * deadPeer.toMillis() / Outlet.LOOK_MILLIS);
    }

    void send(Object frame) {
        if (channel instanceof QuicStreamChannel) {
            last = channel.writeAndFlush(frame);
        } else {
            channel.writeAndFlush(frame, channel.voidPromise());
        }
    }

    /** Closes the channel if its client is gone; to be called every {@value Outlet#LOOK_MILLIS} ms. */
    void look() {
        if (channel instanceof QuicStreamChannel stream) {
            look(stream);
        } else if (channel instanceof EpollSocketChannel tcp) {
            boolean unanswered = probe.look(tcp, Outlet.LOOK_MILLIS) == PeerProbe.Finding.UNANSWERED;
            looks = unanswered ? looks + 1 : 0;
            if (looks >= PeerProbe.LOOKS) {
                channel.close();
            }
        }
    }

    private void look(QuicStreamChannel stream) {
        ChannelFuture waiting = stuck;
        if (waiting == null || waiting.isDone()) {
            ChannelFuture newest = last;
            stuck = newest == null || newest.isDone() ? null : newest;
            looks = 0;
        } else if (patience > 0 && ++looks >= patience) {
            stream.shutdown(Http3ErrorCode.H3_REQUEST_CANCELLED.code());
            stream.close();
        }
    }
}
