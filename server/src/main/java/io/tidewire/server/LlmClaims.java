package io.tidewire.server;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamGoneException;
import io.tidewire.stream.StreamPage;
import io.tidewire.stream.StreamReader;
import io.tidewire.stream.StreamSpec;
import io.tidewire.stream.StreamWriter;
import io.tidewire.stream.Streams;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Which idempotency key began which answer. Safe for any thread.
 *
 * <p>A claim is a stream whose name is a hash of who asks, whom, and the key: whoever creates it, on whatever hub, asks the upstream.
 * Its only message says what became of it, and the others wait for that. A claim without a result is deleted, so that the next one asks
 * again; one whose process died is ended by its readers ({@link Streams}), and then deleted. Its owner is nobody, so nobody reads it by its
 * name.
 */
final class LlmClaims {
    private static final String PREFIX = "llm-key/";
    private static final String BODY = "body";
    private static final char ANSWER = 'A';
    private static final char WHOLE = 'W';

    /** A claim that was given up is tried for again; others may be quicker, but hardly so often. */
    private static final int MOST_ATTEMPTS = 5;

    private final Streams streams;
    private final Duration keep;
    private final String nobody;

    /** Takes the name of a user that nobody is. */
    LlmClaims(Streams streams, Duration keep, String nobody) {
        this.streams = streams;
        this.keep = keep;
        this.nobody = nobody;
    }

    /** What became of a request with a key. */
    sealed interface Outcome permits Won, Begun, Said {}

    /** Nobody has asked: whoever gets this must, and must say what becomes of it. */
    record Won(Claim claim) implements Outcome {}

    /** There is an answer of that id. */
    record Begun(String id) implements Outcome {}

    /** It was answered, and by no stream. */
    record Said(String contentType, byte[] body) implements Outcome {}

    /**
     * Finds out who asks.
     *
     * @param key who asks whom, and the key
     * @param body the request, as a hash
     * @return fails with a {@link Problem} if the key was used for another request
     */
    CompletionStage<Outcome> claim(LlmDigest key, LlmDigest body) {
        return attempt(PREFIX + key.text(), body.text(), 1);
    }

    /** Gives up a claim whose answer is gone. */
    CompletionStage<Boolean> forget(LlmDigest key) {
        return streams.delete(PREFIX + key.text());
    }

    private CompletionStage<Outcome> attempt(String name, String body, int number) {
        if (number > MOST_ATTEMPTS) {
            return CompletableFuture.failedFuture(new Problem(
                            HttpResponseStatus.CONFLICT,
                            "idempotency-key: requests with it fail one after the other (expected: try again later)")
                    .retryAfter(1));
        }
        StreamSpec spec = StreamSpec.of("application/octet-stream")
                .expiringAfter(keep)
                .with(StreamSpec.OWNER, nobody)
                .with(BODY, body);
        return streams.writer(name, spec)
                .<CompletionStage<Outcome>>handle((writer, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(new Won(new Claim(streams, writer)));
                    }
                    return cause(failure) instanceof IllegalStateException
                            ? join(name, body, number)
                            : CompletableFuture.failedFuture(failure);
                })
                .thenCompose(outcome -> outcome);
    }

    private CompletionStage<Outcome> join(String name, String body, int number) {
        return streams.info(name).thenCompose(info -> {
            if (info.isEmpty()) {
                return attempt(name, body, number + 1);
            }
            if (!body.equals(info.get().spec().attributes().get(BODY))) {
                return CompletableFuture.failedFuture(new Problem(
                        HttpResponseStatus.UNPROCESSABLE_ENTITY,
                        "idempotency-key: used for another request (expected: a new key, or the same path and body)"));
            }
            return result(name, body, number);
        });
    }

    private CompletionStage<Outcome> result(String name, String body, int number) {
        StreamReader reader = streams.reader(name, Offset.START);
        return reader.next(LlmRelay.MOST_REMEMBERED)
                .whenComplete((page, failure) -> reader.close())
                .<CompletionStage<Outcome>>handle((page, failure) -> {
                    if (failure != null) {
                        return cause(failure) instanceof StreamGoneException
                                ? attempt(name, body, number + 1)
                                : CompletableFuture.failedFuture(failure);
                    }
                    Outcome outcome = read(page);
                    return outcome != null
                            ? CompletableFuture.completedFuture(outcome)
                            : streams.delete(name).thenCompose(done -> attempt(name, body, number + 1));
                })
                .thenCompose(outcome -> outcome);
    }

    private static @Nullable Outcome read(StreamPage page) {
        List<byte[]> messages = page.messages();
        if (messages.isEmpty() || messages.get(0).length == 0) {
            return null;
        }
        byte[] message = messages.get(0);
        String text = new String(message, StandardCharsets.ISO_8859_1);
        if (text.charAt(0) == ANSWER) {
            return new Begun(text.substring(1));
        }
        int line = text.indexOf('\n');
        return text.charAt(0) == WHOLE && line > 0
                ? new Said(text.substring(1, line), Arrays.copyOfRange(message, line + 1, message.length))
                : null; // the process that claimed it died
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** The right to ask the upstream; its result is what the others get. Only the first result counts. Safe for any thread. */
    static final class Claim {
        private final Streams streams;
        private final StreamWriter writer;
        private final AtomicBoolean settled = new AtomicBoolean();

        Claim(Streams streams, StreamWriter writer) {
            this.streams = streams;
            this.writer = writer;
        }

        /** There is an answer. */
        void begun(String id) {
            settle((ANSWER + id).getBytes(StandardCharsets.US_ASCII));
        }

        /** It was answered, and by no stream. */
        void said(String contentType, byte[] body) {
            byte[] head = (WHOLE + contentType + "\n").getBytes(StandardCharsets.ISO_8859_1);
            byte[] message = Arrays.copyOf(head, head.length + body.length);
            System.arraycopy(body, 0, message, head.length, body.length);
            settle(message);
        }

        private void settle(byte[] message) {
            if (settled.compareAndSet(false, true)) {
                writer.end(message).exceptionally(failure -> null); // the store says so to those who wait
            }
        }

        /** It came to nothing: the next one may ask. */
        void release() {
            if (settled.compareAndSet(false, true)) {
                streams.delete(writer.name());
            }
        }
    }
}
