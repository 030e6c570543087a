package io.tidewire.llm;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.sse.DecodedEvent;
import io.tidewire.sse.DecoderLimits;
import io.tidewire.sse.EventDecoder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/** Keeps what comes of a call, and checks the order in which it comes. */
class UpstreamRecorder implements UpstreamListener {
    private static final long PATIENCE_SECONDS = 60;
    private static final JsonMapper JSON = new JsonMapper();

    final CompletableFuture<UpstreamHead> head = new CompletableFuture<>();
    private final CompletableFuture<String> end = new CompletableFuture<>();
    private final CompletableFuture<UpstreamException> failure = new CompletableFuture<>();

    // the lock is this, since a test looks while the loop writes
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<Thread> threads = new ArrayList<>();
    private final List<String> disorder = new ArrayList<>();

    static UpstreamRequest chat(String prompt, String settings) {
        return post(
                "/v1/chat/completions",
                "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt + "\"}]}",
                settings);
    }

    static UpstreamRequest post(String path, String body, String settings) {
        return new UpstreamRequest(
                "POST",
                path,
                List.of(Map.entry("Content-Type", "application/json"), Map.entry("x-stand-in", settings)),
                body.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void head(UpstreamCall call, UpstreamHead answer) {
        step("head", !head.isDone());
        head.complete(answer);
    }

    @Override
    public void data(ByteBuffer chunk) {
        step("data", head.isDone());
        assertThat(chunk.isReadOnly()).isTrue();
        synchronized (this) {
            while (chunk.hasRemaining()) {
                bytes.write(chunk.get());
            }
        }
    }

    @Override
    public void end() {
        step("end", head.isDone());
        end.complete(body());
    }

    @Override
    public void failed(UpstreamException reason) {
        step("failed", true);
        failure.complete(reason);
    }

    private synchronized void step(String name, boolean expected) {
        threads.add(Thread.currentThread());
        if (!expected || end.isDone() || failure.isDone()) {
            disorder.add(name);
        }
    }

    /** {@return the whole body, once it is complete} */
    String ended() {
        return get(CompletableFuture.anyOf(end, failure.thenApply(reason -> {
                    throw reason;
                }))
                .thenApply(String.class::cast));
    }

    /** {@return why it failed, once it has} */
    UpstreamException failed() {
        return get(failure);
    }

    UpstreamHead answered() {
        return get(head);
    }

    boolean isOver() {
        return end.isDone() || failure.isDone();
    }

    synchronized String body() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** {@return the text of a chat's events so far} */
    String text() {
        StringBuilder text = new StringBuilder();
        for (String data : data(body())) {
            if (data.startsWith("{") && data.endsWith("}")) {
                text.append(JSON.readTree(data)
                        .path("choices")
                        .path(0)
                        .path("delta")
                        .path("content")
                        .asString(""));
            }
        }
        return text.toString();
    }

    synchronized void assertInOrderOnOneThread() {
        assertThat(disorder).isEmpty();
        assertThat(threads.stream().distinct()).hasSizeLessThanOrEqualTo(1);
    }

    static List<String> data(String body) {
        List<String> events = new ArrayList<>();
        EventDecoder decoder =
                new EventDecoder(DecoderLimits.defaults(), (DecodedEvent event) -> events.add(event.data()));
        byte[] all = body.getBytes(StandardCharsets.UTF_8);
        decoder.feed(all, 0, all.length);
        return events;
    }

    private static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (Exception e) {
            throw new AssertionError("nothing came", e);
        }
    }
}
