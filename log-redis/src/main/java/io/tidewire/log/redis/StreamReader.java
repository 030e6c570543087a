package io.tidewire.log.redis;

import io.tidewire.log.LogException;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamInfo;
import io.tidewire.stream.StreamPage;
import io.tidewire.stream.StreamSpec;
import io.tidewire.stream.StreamSpecCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Reads streams and tells what is known of them. Safe for any thread. */
final class StreamReader {
    private static final StreamSpecCodec SPECS = new StreamSpecCodec();

    private final ScriptQueue scripts;
    private final StreamKeys keys;

    StreamReader(ScriptQueue scripts, StreamKeys keys) {
        this.scripts = scripts;
        this.keys = keys;
    }

    CompletableFuture<Optional<StreamPage>> read(String name, Offset after, int maxBytes) {
        byte[] bytes = StreamName.encode(name);
        byte[][] arguments = keys.arguments(number(after.number()), number(maxBytes));
        return scripts.run(Script.STREAM_READ, keys.with(keys.hash(bytes), keys.list(bytes)), () -> arguments)
                .thenApply(StreamReader::page);
    }

    private static Optional<StreamPage> page(List<Object> answer) {
        if (answer.size() == 1) {
            return Optional.empty();
        }
        int head = 5;
        List<byte[]> messages = new ArrayList<>(answer.size() - head);
        for (Object message : answer.subList(head, answer.size())) {
            messages.add(Answers.bytes(message));
        }
        return Optional.of(new StreamPage(
                spec(answer.get(1)),
                new Offset(Answers.number(answer.get(2))),
                messages,
                new Offset(Answers.number(answer.get(3))),
                Answers.text(answer.get(4)).equals("1")));
    }

    private static StreamSpec spec(Object answer) {
        try {
            return SPECS.decode(Answers.bytes(answer));
        } catch (IllegalArgumentException e) {
            throw new LogException.Unavailable("A stream in Redis cannot be understood: " + e.getMessage(), e);
        }
    }

    CompletableFuture<Optional<StreamInfo>> info(String name) {
        byte[][] arguments = keys.arguments();
        return scripts.run(Script.STREAM_INFO, keys.with(keys.hash(StreamName.encode(name))), () -> arguments)
                .thenApply(answer -> answer.size() == 1
                        ? Optional.empty()
                        : Optional.of(info(name, answer.subList(1, answer.size()))));
    }

    /** {@return what a script's {@code about} says} */
    static StreamInfo info(String name, List<?> about) {
        return new StreamInfo(
                name,
                spec(about.get(0)),
                Instant.ofEpochMilli(Answers.number(about.get(4))),
                Instant.ofEpochMilli(Answers.number(about.get(5))),
                new Offset(Answers.number(about.get(1))),
                Answers.number(about.get(2)),
                Answers.text(about.get(3)).equals("1"));
    }

    CompletableFuture<List<StreamInfo>> list(String prefix, String after, int limit) {
        return list(StreamName.lowerBound(prefix, after), prefix, limit, new ArrayList<>());
    }

    /** Redis looks at so many names at a time as it can in a moment; some of them may have expired. */
    private CompletableFuture<List<StreamInfo>> list(byte[] from, String prefix, int limit, List<StreamInfo> found) {
        byte[][] arguments = keys.arguments(from, StreamName.upperBound(prefix), number(limit - found.size()));
        return scripts.run(Script.STREAM_LIST, keys.shared(), () -> arguments).thenCompose(answer -> {
            for (Object stream : answer.subList(2, answer.size())) {
                List<?> parts = (List<?>) stream;
                found.add(info(StreamName.decode(Answers.bytes(parts.get(0))), parts.subList(1, parts.size())));
            }
            boolean mayBeMore = Answers.text(answer.get(0)).equals("1");
            if (!mayBeMore || found.size() >= limit) {
                return CompletableFuture.completedFuture(found);
            }
            String last = StreamName.decode(Answers.bytes(answer.get(1)));
            return list(StreamName.lowerBound("", last), prefix, limit, found);
        });
    }

    private static byte[] number(long value) {
        return Answers.bytes(Long.toString(value));
    }

    void close() {
        scripts.close(Fault.closed());
    }
}
