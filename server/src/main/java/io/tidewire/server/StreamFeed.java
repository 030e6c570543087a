package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import io.tidewire.hub.Hub;
import io.tidewire.hub.Outlet;
import io.tidewire.stream.StreamGoneException;
import io.tidewire.stream.StreamPage;
import io.tidewire.stream.StreamReader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves what a reader gives to one client as a live response, until the stream ends or the client leaves. All of it is on the connection's
 * loop.
 *
 * <pre>{@code
 * exchange.handler().whenFirst(exchange, () -> StreamFeed.serve(server, exchange, NativeEvents.HEAD, reader, new NativeEvents(...)));
 * }</pre>
 */
final class StreamFeed extends ChannelInboundHandlerAdapter implements OwnStream {
    /*
     * The reader is asked for a page only when the connection takes more, so at most one page and Netty's high-water mark are held for a client,
     * however slow it is. Pages that are there at once are written in a loop; after some of them others of the event loop have their turn.
     */
    private static final Logger LOG = LoggerFactory.getLogger(StreamFeed.class);

    /** Pages written before others have their turn: a quarter of a millisecond or so. */
    private static final int PAGES_AT_A_TIME = 8;

    /** A client that is told to go and does not take the telling is gone after this. */
    private static final int LINGER_SECONDS = 5;

    private final Channel channel;
    private final Wire wire;
    private final StreamReader reader;
    private final FeedEncoder encoder;
    private final Hub hub;
    private final StreamFeedPeer peer;
    private @Nullable ScheduledFuture<?> nextKeepAlive;
    private @Nullable ScheduledFuture<?> nextLook;
    private @Nullable ScheduledFuture<?> limit;
    private boolean asked;
    private boolean pumping;
    private boolean wrote;
    private boolean over;

    private StreamFeed(Channel channel, Wire wire, StreamReader reader, FeedEncoder encoder, ServerContext server) {
        this.channel = channel;
        this.wire = wire;
        this.reader = reader;
        this.encoder = encoder;
        this.hub = server.hub();
        this.peer = new StreamFeedPeer(channel, server.limits().deadPeer());
    }

    /**
     * Answers a request by what a reader gives from now on; closes the reader at the end. To be called when it is the request's turn, and
     * its body was read.
     */
    static void serve(
            ServerContext server, Exchange exchange, Responses.Head head, StreamReader reader, FeedEncoder encoder) {
        serve(server, exchange, head, null, reader, encoder);
    }

    /** The same; the page, which is what the reader does not give because it was read before, comes first. */
    static void serve(
            ServerContext server,
            Exchange exchange,
            Responses.Head head,
            @Nullable StreamPage first,
            StreamReader reader,
            FeedEncoder encoder) {
        Channel channel = exchange.channel();
        if (!channel.isActive()) {
            reader.close(); // it left while the stream was looked up
            return;
        }
        exchange.begin(false); // a stream's connection is not used again
        channel.write(exchange.wire().head(exchange, head), channel.voidPromise());
        StreamFeed feed = new StreamFeed(channel, exchange.wire(), reader, encoder, server);
        exchange.log();
        exchange.handler().handOver(exchange.context(), feed);
        server.ownStreams().add(feed);
        channel.closeFuture().addListener(f -> {
            server.ownStreams().remove(feed);
            feed.release();
            cancel(feed.nextLook);
        });
        feed.start(first);
        if (server.isDraining()) {
            feed.shutDown(); // it came while the others were being told
        }
    }

    private void start(@Nullable StreamPage first) {
        channel.config()
                .setAutoRead(true); // it may have been paused for the body; from now on it is read to see that it ends
        long keepAliveMillis = hub.config().keepAlive().toMillis();
        nextKeepAlive = channel.eventLoop()
                .scheduleWithFixedDelay(this::keepAlive, keepAliveMillis, keepAliveMillis, TimeUnit.MILLISECONDS);
        nextLook = channel.eventLoop()
                .scheduleWithFixedDelay(peer::look, Outlet.LOOK_MILLIS, Outlet.LOOK_MILLIS, TimeUnit.MILLISECONDS);
        if (encoder.maxMillis() > 0) {
            limit = channel.eventLoop().schedule(() -> end(nothing -> {}), encoder.maxMillis(), TimeUnit.MILLISECONDS);
        }
        if (first != null) {
            take(first);
        }
        pump();
        channel.flush();
    }

    private void onLoop(Runnable task) {
        if (channel.eventLoop().inEventLoop()) {
            task.run();
        } else {
            channel.eventLoop().execute(task);
        }
    }

    /** Writes pages as long as there are some and the connection takes them. */
    private void pump() {
        if (pumping) {
            return; // a page came while it was asked for: the loop below goes on with it
        }
        pumping = true;
        try {
            for (int pages = 0; !over && !asked && channel.isWritable(); pages++) {
                if (pages == PAGES_AT_A_TIME) {
                    channel.eventLoop().execute(this::pump);
                    return;
                }
                ask();
            }
        } finally {
            pumping = false;
        }
    }

    private void ask() {
        asked = true;
        CompletableFuture<StreamPage> next = reader.next(FeedEncoder.PAGE_BYTES).toCompletableFuture();
        next.whenComplete((page, failure) -> onLoop(() -> {
            asked = false;
            if (failure == null) {
                take(page);
            } else {
                fail(failure);
            }
            pump();
        }));
    }

    private void take(StreamPage page) {
        if (over) {
            return;
        }
        ByteBuf out = channel.alloc().ioBuffer();
        boolean last;
        try {
            last = encoder.page(page, out);
        } catch (RuntimeException e) {
            out.release();
            fail(e);
            return;
        }
        write(out);
        if (last) {
            release();
            wire.end(channel); // however long the client takes for what is under way
        }
    }

    private void fail(Throwable failure) {
        if (over) {
            return; // it was closed while it waited
        }
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (!(cause instanceof StreamGoneException)) {
            LOG.warn("A stream could not be read; its client was cut off and will come back", cause);
        }
        end(out -> encoder.failed(cause, out));
    }

    @Override
    public void shutDown() {
        onLoop(() -> end(out -> encoder.shutDown(hub.retryMillis(), out)));
    }

    private void end(Consumer<ByteBuf> lastWords) {
        if (over) {
            return;
        }
        ByteBuf out = channel.alloc().ioBuffer();
        lastWords.accept(out);
        write(out);
        release();
        wire.end(channel);
        channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
    }

    private void write(ByteBuf out) {
        if (!out.isReadable()) {
            out.release(); // an empty chunk would be the body's end
            return;
        }
        wrote = true;
        peer.send(wire.raw(out));
    }

    private void keepAlive() {
        if (!wrote && !over && channel.isWritable()) {
            ByteBuf out = channel.alloc().ioBuffer();
            encoder.keepAlive(out);
            write(out);
        }
        wrote = false;
    }

    private void release() {
        over = true;
        reader.close();
        cancel(nextKeepAlive);
        cancel(limit);
    }

    private static void cancel(@Nullable ScheduledFuture<?> task) {
        if (task != null) {
            task.cancel(false);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        pump();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close(); // a reset by the client is not an error
    }
}
