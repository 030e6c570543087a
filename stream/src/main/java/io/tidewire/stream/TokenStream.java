package io.tidewire.stream;

import io.tidewire.sse.EventEncoder;
import io.tidewire.sse.JsonData;
import io.tidewire.sse.ServerSentEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is written token by token, and read by anybody who may, from its beginning or from where they were: the model's side of
 * {@code useTokenStream}. Recorded as it is written; a reader that goes away changes nothing unless the policy says so.
 *
 * <p>Safe for any thread; the order of the calls is the order of the tokens.
 *
 * <pre>{@code
 * TokenStream answer = hub.streams().open("answers/" + UUID.randomUUID());
 * answer.token("Hel").token("lo");
 * answer.done();
 * }</pre>
 */
public final class TokenStream {
    /** The media type of its messages, each of which is one event as it goes over the wire. */
    public static final String CONTENT_TYPE = "text/event-stream";

    /** For how long it is kept after its last use, if nothing else is said. */
    public static final Duration KEPT = Duration.ofHours(1);

    /** What readers are told when the process that wrote an answer is gone; in words that clients of every dialect take for an error. */
    static final byte[] BROKEN_OFF = new EventEncoder()
            .event("error")
            .data("{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"The answer was broken off\"},"
                    + "\"message\":\"The answer was broken off\"}")
            .end()
            .toByteArray();

    /** What may wait for the stream to be there before whoever makes tokens should pause. */
    private static final int MAX_EARLY = 64;

    private static final String DONE = "done";
    private static final String ERROR = "error";

    private final String name;
    private final CompletableFuture<Void> opened = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private final List<byte[]> early = new ArrayList<>();
    private @Nullable StreamWriter writer;
    private @Nullable Runnable onDrained;
    private boolean over;

    TokenStream(String name) {
        this.name = name;
    }

    void begin(Streams streams, StreamWriter by, Abandonment policy) {
        by.onStopped(this::stop);
        by.ended().whenComplete((done, failure) -> settle(failure));
        streams.watch(by, policy, this::stop);
        by.onDrained(this::drained);
        synchronized (this) {
            writer = by;
            early.forEach(by::write);
            early.clear();
            if (over) {
                by.end();
            }
        }
        opened.complete(null);
        drained();
    }

    void failed(Throwable failure) {
        opened.completeExceptionally(failure);
        settle(failure);
        stop();
    }

    private void settle(@Nullable Throwable failure) {
        if (failure == null) {
            ended.complete(null);
        } else {
            ended.completeExceptionally(failure);
        }
    }

    /** {@return completes when the stream is there, and can be read; fails if it could not be made} */
    public CompletionStage<Void> opened() {
        return opened.copy();
    }

    /**
     * Writes the tokens of a publisher, which is subscribed to now, asked for more as the store takes them, and cancelled when this is stopped.
     * Its end is the end of this; its failure too, without what it says.
     */
    public TokenStream from(Flow.Publisher<String> tokens) {
        tokens.subscribe(new TokenSubscriber(this));
        return this;
    }

    /** {@return whether whoever makes tokens should pause until it is told that there is room} */
    synchronized boolean isFull() {
        StreamWriter by = writer;
        return by == null ? early.size() >= MAX_EARLY : by.isFull();
    }

    /** Sets who is told that there is room again. */
    synchronized void onDrained(Runnable told) {
        onDrained = told;
    }

    private void drained() {
        Runnable told;
        synchronized (this) {
            told = onDrained;
        }
        if (told != null) {
            told.run();
        }
    }

    /** {@return the stream's name: what comes after {@code /streams/} in its URL} */
    public String name() {
        return name;
    }

    /** Adds a piece of text, as it is; blanks count. */
    public TokenStream token(String text) {
        return block(new EventEncoder().data(JsonData.quoted(text)).end().toByteArray());
    }

    /** Adds an event as it is, but for its id, which is the stream's to give. */
    public TokenStream event(ServerSentEvent event) {
        return block(EventEncoder.encode(event));
    }

    private synchronized TokenStream block(byte[] bytes) {
        StreamWriter by = writer;
        if (over) {
            return this;
        }
        if (by == null) {
            early.add(bytes);
        } else {
            by.write(bytes);
        }
        return this;
    }

    /**
     * Ends it: readers are told that it is complete.
     *
     * @return completes when all of it is stored; fails if it is not
     */
    public CompletionStage<Void> done() {
        return end(new EventEncoder().event(DONE).data("{}").end().toByteArray());
    }

    /**
     * Ends it with a failure that readers are told.
     *
     * @param message for them; no stack trace
     * @return completes when all of it is stored; fails if it is not
     */
    public CompletionStage<Void> fail(String message) {
        String data = new JsonData().string("message", message).end();
        return end(new EventEncoder().event(ERROR).data(data).end().toByteArray());
    }

    private synchronized CompletionStage<Void> end(byte[] last) {
        if (!over) {
            block(last);
            over = true;
            StreamWriter by = writer;
            if (by != null) {
                by.end();
            }
        }
        return ended.copy();
    }

    /** Ends what a reader, the policy for answers that nobody reads, or the store has stopped. */
    private void stop() {
        end(new EventEncoder().event("stopped").data("{}").end().toByteArray());
        stopped.complete(null);
    }

    /** {@return whether it was stopped: what is added is dropped, and whatever makes tokens may stop} */
    public boolean isStopped() {
        return stopped.isDone();
    }

    /** {@return completes when it is stopped by a reader, for want of readers, or as the store failed; never, if it ends by itself} */
    public CompletionStage<Void> stopped() {
        return stopped.copy();
    }
}
