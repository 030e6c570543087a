package io.tidewire.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamSpec;
import io.tidewire.stream.Streams;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Which answer is a chat's newest: a small stream per chat, each message of which is an answer's id. Safe for any thread. */
final class LlmChats {
    private static final String PREFIX = "llm-chat/";
    private static final int PAGE_BYTES = 4 << 10;

    private final Streams streams;
    private final Duration keep;
    private final String nobody;

    /** Takes the name of a user that nobody is. */
    LlmChats(Streams streams, Duration keep, String nobody) {
        this.streams = streams;
        this.keep = keep;
        this.nobody = nobody;
    }

    /** {@return the name of a user's chat, or of one of nobody in particular} */
    static String name(@Nullable String user, String chat) {
        return PREFIX
                + LlmDigest.of((user == null ? "" : "u" + user).getBytes(UTF_8), chat.getBytes(UTF_8))
                        .text();
    }

    /** Notes that a chat has a new answer. */
    CompletionStage<Void> begun(String name, String id) {
        StreamAppend message = StreamAppend.of(id.getBytes(UTF_8));
        StreamSpec spec = StreamSpec.of("text/plain").expiringAfter(keep).with(StreamSpec.OWNER, nobody);
        return streams.create(name, spec, message)
                .thenCompose(creation -> creation.created()
                        ? CompletableFuture.completedFuture(null)
                        : streams.append(name, message).thenApply(outcome -> null));
    }

    /** {@return the chat's newest answer, if it has one} */
    CompletionStage<Optional<String>> newest(String name) {
        return streams.info(name).thenCompose(info -> {
            if (info.isEmpty() || info.get().tail().equals(Offset.START)) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            Offset beforeLast = new Offset(info.get().tail().number() - 1);
            return streams.read(name, beforeLast, PAGE_BYTES)
                    .thenApply(page -> page.flatMap(found -> {
                        List<byte[]> messages = found.messages();
                        return messages.isEmpty()
                                ? Optional.empty()
                                : Optional.of(new String(messages.get(messages.size() - 1), UTF_8));
                    }));
        });
    }
}
