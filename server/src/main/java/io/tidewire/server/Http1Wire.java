package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;

/** HTTP/1.1 (RFC 9112), and HTTP/1.0, which has no chunks: there the end of the connection is the end of the body. */
final class Http1Wire implements Wire {
    static final String DECODER = "http";
    static final String FLOW = "flow";

    private static final ByteBuf CONTINUE = constant("HTTP/1.1 100 Continue\r\n\r\n");
    private static final ByteBuf LAST_CHUNK = constant("0\r\n\r\n");
    private static final byte[] LINE_END = {'\r', '\n'};

    private final boolean chunked;

    Http1Wire(boolean chunked) {
        this.chunked = chunked;
    }

    private static ByteBuf constant(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return Unpooled.unreleasableBuffer(
                Unpooled.directBuffer(bytes.length).writeBytes(bytes).asReadOnly());
    }

    @Override
    public void whole(Exchange exchange, Responses.Head head, byte[] body) {
        ByteBuf answer = Responses.of(exchange.channel().alloc(), head, exchange.fields(), body, exchange.keepAlive());
        exchange.part(exchange.is(HttpMethod.HEAD) ? answer.writerIndex(answer.writerIndex() - body.length) : answer);
    }

    @Override
    public Object head(Exchange exchange, Responses.Head head) {
        String framing = (chunked ? "Transfer-Encoding: chunked\r\n" : "")
                + (chunked && exchange.keepAlive() ? "Connection: keep-alive\r\n" : "Connection: close\r\n");
        String text = (chunked ? "HTTP/1.1 " : "HTTP/1.0 ") + head.status().code() + " "
                + head.status().reasonPhrase() + "\r\nContent-Type: " + head.contentType() + "\r\n" + head.more()
                + exchange.fields() + framing + "\r\n";
        ByteBuf out = exchange.channel().alloc().directBuffer(text.length());
        out.writeCharSequence(text, StandardCharsets.ISO_8859_1);
        return out;
    }

    @Override
    public Object piece(ByteBuf bytes) {
        if (!chunked) {
            return bytes;
        }
        byte[] size = (Integer.toHexString(bytes.readableBytes()) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        return Unpooled.wrappedBuffer(Unpooled.wrappedBuffer(size), bytes, Unpooled.wrappedBuffer(LINE_END));
    }

    @Override
    public Object last() {
        return chunked ? LAST_CHUNK.duplicate() : Unpooled.EMPTY_BUFFER;
    }

    @Override
    public Object goOn() {
        return CONTINUE.duplicate();
    }

    @Override
    public boolean isPersistent() {
        return true;
    }

    @Override
    public void finish(Channel channel, boolean moreMayCome) {
        if (moreMayCome) {
            LingeringClose.after(Unpooled.EMPTY_BUFFER, channel);
        } else {
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** That the connection ends before the last chunk says it. */
    @Override
    public void breakOff(Channel channel) {}

    @Override
    public StreamEnd streamEnd(Channel channel, ChunkFraming framing, PeerProbe probe) {
        return new StreamOutlet(channel, framing, probe, this, chunked);
    }

    @Override
    public void strip(ChannelPipeline pipeline) {
        pipeline.remove(DECODER);
        pipeline.remove(FLOW);
    }

    @Override
    public Object raw(ByteBuf bytes) {
        return piece(bytes);
    }

    @Override
    public ChannelFuture end(Channel channel) {
        return channel.writeAndFlush(last()).addListener(ChannelFutureListener.CLOSE);
    }
}
