package io.tidewire.server;

import io.netty.channel.ChannelFutureListener;
import io.netty.util.concurrent.ScheduledFuture;
import io.tidewire.stream.StreamPage;
import io.tidewire.stream.StreamReader;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request that waits for the next messages of a stream (Durable Streams, section 5.6). On the connection's loop. */
final class DurablePoll implements OwnStream {
    /** Shorter than what proxies and load balancers usually allow a silent request. */
    private static final int TIMEOUT_SECONDS = 20;

    private final ServerContext server;
    private final Exchange exchange;
    private final StreamReader reader;
    private final Consumer<@Nullable StreamPage> answer;
    private final ChannelFutureListener gone = closed -> finish();
    private @Nullable ScheduledFuture<?> timeout;
    private boolean over;

    /**
     * Creates one.
     *
     * @param answer gives the answer: by a page, or, if none came, by null
     */
    DurablePoll(ServerContext server, Exchange exchange, StreamReader reader, Consumer<@Nullable StreamPage> answer) {
        this.server = server;
        this.exchange = exchange;
        this.reader = reader;
        this.answer = answer;
    }

    void start() {
        server.ownStreams().add(this);
        exchange.channel().closeFuture().addListener(gone);
        timeout = exchange.channel().eventLoop().schedule(() -> answer(null), TIMEOUT_SECONDS, TimeUnit.SECONDS);
        reader.next(DurableReads.PAGE_BYTES)
                .whenComplete((page, failure) -> server.onLoop(exchange, () -> {
                    if (failure == null) {
                        answer(page);
                    } else if (!over) {
                        finish();
                        exchange.fail(failure);
                    }
                }));
        if (server.isDraining()) {
            answer(null);
        }
    }

    private void answer(@Nullable StreamPage page) {
        if (!over) {
            finish();
            answer.accept(page);
        }
    }

    private void finish() {
        over = true;
        reader.close();
        exchange.channel().closeFuture().removeListener(gone);
        server.ownStreams().remove(this);
        ScheduledFuture<?> due = timeout;
        if (due != null) {
            due.cancel(false);
        }
    }

    @Override
    public void shutDown() {
        server.onLoop(exchange, () -> answer(null));
    }
}
