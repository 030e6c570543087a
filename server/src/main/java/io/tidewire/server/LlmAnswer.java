package io.tidewire.server;

import io.tidewire.llm.AnswerPart;
import io.tidewire.llm.Dialect;
import io.tidewire.llm.EventBlockTooLargeException;
import io.tidewire.llm.EventBlocks;
import io.tidewire.llm.SequenceNumbers;
import io.tidewire.llm.UpstreamCall;
import io.tidewire.llm.UpstreamException;
import io.tidewire.stream.StreamWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One streaming answer of an upstream, from its head to its end: cuts what comes into events, each of which becomes one message of the
 * answer's stream, byte for byte. Whoever reads the stream is none of its business.
 *
 * <p>The upstream's signals come on its loop; stopping, on any thread.
 */
final class LlmAnswer implements LlmCall.Receiver {
    private static final Logger LOG = LoggerFactory.getLogger(LlmAnswer.class);

    /** Why an answer ended before its upstream was done. */
    enum Cut {
        STOPPED("The answer was stopped", AnswerPart.Failure.STOPPED),
        ABANDONED("The answer was cancelled, as nobody read it", "abandoned"),
        TOO_LONG("The answer took longer than it may (llm.max-duration)", "timeout"),
        SHUT_DOWN("The gateway is shutting down", AnswerPart.Failure.INTERRUPTED),
        UPSTREAM("The upstream broke off its answer", AnswerPart.Failure.INTERRUPTED),
        SILENT("The upstream said nothing for too long", "timeout"),
        TOO_LARGE("The upstream sent an event that is too long", AnswerPart.Failure.INTERRUPTED);

        private final String message;
        private final String code;

        Cut(String message, String code) {
            this.message = message;
            this.code = code;
        }
    }

    private final String id;
    private final Dialect dialect;
    private final UpstreamCall call;
    private final LlmMetrics metrics;
    private final Runnable onFirst;
    private final EventBlocks blocks = new EventBlocks(EventBlocks.MAX_BLOCK_BYTES, this::block);
    private final AtomicBoolean over = new AtomicBoolean();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    // Guarded by this: what came before the stream was there. The call is paused then, so that it is one chunk or two.
    private final List<byte[]> early = new ArrayList<>();
    private @Nullable StreamWriter writer;
    private byte @Nullable [] lastBlock;
    private byte @Nullable [] lastWords;

    LlmAnswer(String id, Dialect dialect, UpstreamCall call, LlmMetrics metrics, Runnable onFirst) {
        this.id = id;
        this.dialect = dialect;
        this.call = call;
        this.metrics = metrics;
        this.onFirst = onFirst;
    }

    String id() {
        return id;
    }

    /** {@return completes when the answer is over and stored, or cannot be} */
    CompletionStage<Void> ended() {
        return ended;
    }

    /** The stream is there. */
    void begin(StreamWriter by) {
        by.onStopped(() -> cut(Cut.STOPPED));
        by.onDrained(call::resume);
        by.ended().whenComplete((done, failure) -> settle(failure));
        synchronized (this) {
            writer = by;
            early.forEach(by::write);
            early.clear();
            byte[] last = lastWords;
            if (last != null) {
                end(by, last);
            }
        }
    }

    /** There will be no stream: the store failed. */
    void notBegun(Throwable failure) {
        over.set(true);
        call.cancel();
        settle(failure);
    }

    private void settle(@Nullable Throwable failure) {
        if (over.compareAndSet(false, true)) {
            call.cancel(); // the store failed, or somebody else ended the stream
        }
        if (failure != null) {
            LOG.warn(
                    "An answer could not be stored to its end: {}", failure.getMessage()); // thousands may fail at once
        }
        ended.complete(null);
    }

    // --- the upstream's signals

    @Override
    public void data(ByteBuffer bytes) {
        if (over.get()) {
            return;
        }
        try {
            blocks.feed(bytes);
        } catch (EventBlockTooLargeException e) {
            cut(Cut.TOO_LARGE);
            return;
        }
        StreamWriter by;
        synchronized (this) {
            by = writer;
        }
        if (by != null && by.isFull()) {
            call.pause();
            if (!by.isFull()) {
                call.resume(); // it drained between the two
            }
        }
    }

    private synchronized void block(byte[] block) {
        if (lastBlock == null) {
            onFirst.run();
        }
        lastBlock = block;
        StreamWriter by = writer;
        if (by == null) {
            early.add(block);
        } else {
            by.write(block);
        }
    }

    @Override
    public void end() {
        if (over.compareAndSet(false, true)) {
            finish(blocks.end()); // usually nothing; else an event whose blank line the upstream did not care to send
        }
    }

    @Override
    public void failed(UpstreamException failure) {
        LOG.warn("An answer broke off: {}", failure.getMessage());
        metrics.upstreamFailed();
        cut(failure.kind() == UpstreamException.Kind.SILENT ? Cut.SILENT : Cut.UPSTREAM);
    }

    // --- its end

    /** Ends it, and the call with it; the last event says why, in the answer's own dialect. Only the first end counts. */
    void cut(Cut why) {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        call.cancel();
        if (why == Cut.STOPPED) {
            metrics.stopped();
        } else if (why == Cut.ABANDONED) {
            metrics.abandoned();
        } else if (why == Cut.TOO_LARGE) {
            LOG.warn("An answer was cut off: an event of more than {} bytes", EventBlocks.MAX_BLOCK_BYTES);
            metrics.upstreamFailed();
        }
        finish(error(why)); // half an event that came before is dropped: every reader of the format does that
    }

    private synchronized byte[] error(Cut why) {
        byte[] last = lastBlock;
        if (dialect == Dialect.OPENAI_RESPONSES && last != null) {
            long number = SequenceNumbers.of(last).orElse(-1) + 1;
            return SequenceNumbers.error(why.message, why.code, number);
        }
        Dialect told = dialect == Dialect.GENERIC && last != null
                ? Dialect.ofBlock(last).orElse(dialect)
                : dialect;
        return told.error(why.message, why.code);
    }

    private synchronized void finish(byte[] last) {
        StreamWriter by = writer;
        if (by == null) {
            lastWords = last;
        } else {
            end(by, last);
        }
    }

    private static void end(StreamWriter by, byte[] last) {
        if (last.length == 0) {
            by.end();
        } else {
            by.end(last);
        }
    }
}
