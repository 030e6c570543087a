package io.tidewire.llm;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * One answer being given. What is due by the clock is written at each tick of its {@link ModelPacer}, in one piece if several tokens are:
 * who is late catches up, and nothing is left out. To a reader that is slow nothing is written until it has read. Touched by its
 * connection's loop alone.
 */
final class ModelAnswer {
    /** Between two looks at whether the reader keeps up. */
    private static final int MOST_TOKENS_AT_ONCE = 64;

    private static final double NANOS = 1e9;

    private final ChannelHandlerContext ctx;
    private final ModelPace pace;
    private final ModelSpeech speech;
    private final ModelFormat format;
    private final ModelCounters counters;
    private final long startNanos;
    private final boolean numbered;

    private boolean headSent;
    private int next;
    private boolean faultDone;
    private boolean stalled;
    private boolean ended;

    ModelAnswer(
            ChannelHandlerContext ctx,
            ModelPace pace,
            ModelSpeech speech,
            ModelEndpoint endpoint,
            ModelCounters counters,
            long startNanos) {
        this.ctx = ctx;
        this.pace = pace;
        this.speech = speech;
        this.format = endpoint.format(speech);
        this.counters = counters;
        this.startNanos = startNanos;
        this.numbered = endpoint == ModelEndpoint.RESPONSES;
        counters.opened();
    }

    /** Its client has gone. */
    void abandoned() {
        end(true);
    }

    /** Ends a stall. */
    void release() {
        stalled = false;
    }

    /** Says what is due. {@return whether that was all} */
    boolean pump(long nowNanos) {
        if (ended || stalled) {
            return ended;
        }
        int due = due(pace, speech.count(), nowNanos - startNanos);
        if (!speech.request().stream()) {
            return due == speech.count() && sayWhole();
        }
        if (!headSent) {
            if (due == 0 && pace.fault().kind() == ModelFault.Kind.SLOW_HEAD) {
                return false;
            }
            sendHead();
        }
        while (!ended && !stalled && ctx.channel().isWritable()) {
            if (next == faultAt()) {
                fail();
            } else if (next == speech.count()) {
                finish(format.end());
            } else if (next < due) {
                say(Math.min(Math.min(due, faultAt()), next + MOST_TOKENS_AT_ONCE));
            } else {
                break;
            }
        }
        return ended;
    }

    /** {@return how many tokens are due that long after the request} */
    static int due(ModelPace pace, int count, long elapsedNanos) {
        double seconds = (elapsedNanos - pace.first().toNanos()) / NANOS;
        if (seconds < 0) {
            return 0;
        }
        return pace.rate() == 0 ? count : (int) Math.min(count, 1 + Math.floor(seconds * pace.rate()));
    }

    private int faultAt() {
        return switch (pace.fault().kind()) {
            case CUT, ERROR, STALL, GARBAGE ->
                faultDone ? Integer.MAX_VALUE : Math.min(pace.fault().at(), speech.count());
            case NONE, STATUS, SLOW_HEAD -> Integer.MAX_VALUE;
        };
    }

    private void say(int upTo) {
        StringBuilder events = new StringBuilder();
        int from = next;
        for (; next < upTo; next++) {
            events.append(format.token(next, speech.tokens().token(next)));
        }
        counters.tokens(upTo - from);
        write(events);
    }

    private void fail() {
        faultDone = true;
        switch (pace.fault().kind()) {
            case CUT -> {
                end(false);
                // Over HTTP/2 a reset overtakes what was not flushed yet.
                ctx.writeAndFlush(new DefaultHttpContent(Unpooled.EMPTY_BUFFER))
                        .addListener(ChannelFutureListener.CLOSE);
            }
            case ERROR -> finish(format.error(next));
            case STALL -> stalled = true;
            default -> write("data: {\"choices\":[{\"delta\":{\"content\":\n\n");
        }
    }

    private boolean sayWhole() {
        ModelFault.Kind fault = pace.fault().kind();
        if (fault == ModelFault.Kind.STALL && !faultDone) {
            faultDone = true;
            stalled = true;
            return false;
        }
        end(false);
        if (fault == ModelFault.Kind.CUT) {
            ctx.close();
            return true;
        }
        counters.tokens(speech.count());
        ctx.writeAndFlush(ModelReplies.json(HttpResponseStatus.OK, format.whole()));
        return true;
    }

    private void sendHead() {
        headSent = true;
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().set("Content-Type", "text/event-stream; charset=utf-8").set("Cache-Control", "no-cache");
        ModelReplies.addRequestId(head, speech.id());
        HttpUtil.setTransferEncodingChunked(head, true);
        // What was written before a number to resume after is left out token by token, too; it must not cost time
        // again.
        if (numbered) {
            next = (int) Math.min(
                    speech.count(), Math.max(0, speech.startingAfter() - ModelResponsesFormat.EVENTS_BEFORE + 1));
        }
        ctx.write(head);
        write(format.begin());
    }

    private void finish(CharSequence events) {
        end(false);
        ctx.write(new DefaultHttpContent(bytes(events)));
        ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    private void write(CharSequence events) {
        ctx.writeAndFlush(new DefaultHttpContent(bytes(events)));
    }

    private void end(boolean byItsClient) {
        if (!ended) {
            ended = true;
            counters.ended(byItsClient);
        }
    }

    private ByteBuf bytes(CharSequence events) {
        return ByteBufUtil.writeUtf8(ctx.alloc(), events);
    }
}
