package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tidewire.hub.TaskState;
import io.tidewire.sse.EventEncoder;
import io.tidewire.stream.StreamPage;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A task's states as events: {@code progress}, and at the end one that is named after what it came to. Of states that came while the client
 * was slow, only the newest is sent.
 */
final class TaskEvents implements FeedEncoder {
    static final Responses.Head HEAD = new Responses.Head(
            HttpResponseStatus.OK,
            "text/event-stream",
            "Cache-Control: no-cache, no-transform\r\nX-Accel-Buffering: no\r\nVary: Accept\r\n");

    private static final byte[] KEEP_ALIVE = ":\n\n".getBytes(StandardCharsets.US_ASCII);

    private final boolean withOwner;

    TaskEvents(boolean withOwner) {
        this.withOwner = withOwner;
    }

    @Override
    public boolean page(StreamPage page, ByteBuf out) {
        List<byte[]> states = page.messages();
        if (states.isEmpty()) {
            return page.isEnd();
        }
        TaskState stored = TaskState.parse(new String(states.get(states.size() - 1), StandardCharsets.UTF_8));
        TaskState state = withOwner ? stored : stored.withoutOwner();
        out.writeBytes(new EventEncoder()
                .event(state.isFinal() ? state.status().label() : "progress")
                .id(page.next().token())
                .data(state.toJson())
                .end()
                .toByteArray());
        return state.isFinal() || page.isEnd();
    }

    @Override
    public void shutDown(long retryMillis, ByteBuf out) {
        out.writeCharSequence("retry: " + retryMillis + "\n\n", StandardCharsets.US_ASCII);
    }

    @Override
    public void keepAlive(ByteBuf out) {
        out.writeBytes(KEEP_ALIVE);
    }
}
