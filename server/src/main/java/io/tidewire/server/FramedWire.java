package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;

/** What HTTP/2 and HTTP/3 have in common: a channel is one request, and a codec of Netty's makes frames of its objects. */
abstract class FramedWire implements Wire {
    static final String CODEC = "http";
    static final String FLOW = "flow";

    private static final byte[] NOTHING = {};

    @Override
    public void whole(Exchange exchange, Responses.Head head, byte[] body) {
        byte[] sent = exchange.is(HttpMethod.HEAD) ? NOTHING : body;
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, head.status(), Unpooled.wrappedBuffer(sent));
        fill(response, exchange, head);
        if (head.status().code() != 204 && head.status().code() != 304) {
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        }
        exchange.part(response);
    }

    @Override
    public Object head(Exchange exchange, Responses.Head head) {
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, head.status());
        fill(response, exchange, head);
        return response;
    }

    private static void fill(HttpResponse response, Exchange exchange, Responses.Head head) {
        HttpHeaders headers = response.headers();
        if (!head.contentType().isEmpty()) {
            headers.set(HttpHeaderNames.CONTENT_TYPE, head.contentType());
        }
        for (String line : (head.more() + exchange.fields()).split("\r\n")) {
            int colon = line.indexOf(": ");
            if (colon > 0) {
                headers.add(line.substring(0, colon), line.substring(colon + 2));
            }
        }
    }

    @Override
    public Object piece(ByteBuf bytes) {
        return new DefaultHttpContent(bytes);
    }

    @Override
    public Object last() {
        return LastHttpContent.EMPTY_LAST_CONTENT;
    }

    @Override
    public Object goOn() {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER);
    }

    @Override
    public boolean isPersistent() {
        return false;
    }

    @Override
    public StreamEnd streamEnd(Channel channel, ChunkFraming framing, PeerProbe probe) {
        return new FramedOutlet(channel, framing, this);
    }

    @Override
    public void strip(ChannelPipeline pipeline) {
        pipeline.remove(CODEC);
        pipeline.remove(FLOW);
    }
}
