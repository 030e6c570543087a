package io.tidewire.server;

import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A subscription's way to its client over one stream of HTTP/3.
 *
 * <p>A client that wants no more of a stream says so (STOP_SENDING), and Netty does not pass that on: what is written from then on just
 * stays (netty issue 17380). So a stream that has taken nothing for twice the time of a dead peer is reset. A reader that had only
 * stopped reading loses nothing by it: it resumes with its last id.
 */
final class QuicOutlet extends FramedOutlet {
    private final QuicStreamChannel stream;
    private final int patience;
    private @Nullable ChannelFuture last;
    private @Nullable ChannelFuture stuck;
    private int looks;

    /** Creates one that resets a stream that takes nothing for about twice that time; zero for never. */
    QuicOutlet(QuicStreamChannel stream, ChunkFraming framing, Wire wire, Duration deadPeer) {
        super(stream, framing, wire);
        this.stream = stream;
        this.patience = (int) (2 * deadPeer.toMillis() / LOOK_MILLIS);
    }

    @Override
    void send(Object frame) {
        last = stream.writeAndFlush(frame);
    }

    @Override
    public boolean isReachable() {
        ChannelFuture waiting = stuck;
        if (waiting == null || waiting.isDone()) {
            ChannelFuture newest = last;
            stuck = newest == null || newest.isDone() ? null : newest;
            looks = 0;
            return true;
        }
        if (patience == 0 || ++looks < patience) {
            return true;
        }
        stream.shutdown(Http3ErrorCode.H3_REQUEST_CANCELLED.code());
        stream.close();
        return false;
    }
}
