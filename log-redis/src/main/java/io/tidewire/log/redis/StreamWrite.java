package io.tidewire.log.redis;

import io.tidewire.stream.Producer;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamSpec;
import io.tidewire.stream.StreamSpecCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One creation, append or deletion; its arguments are those of stream-write.lua.
 *
 * @param <T> what its caller is answered
 */
final class StreamWrite<T> extends Pending<T> {
    /** Objects and buffers around its bytes, roughly. */
    private static final long OVERHEAD_BYTES = 500;

    /** Redis refuses times before 1970, and a stream that ended then is as gone as one that ended in 1970. */
    private static final long EARLIEST_MILLIS = 1;

    private static final StreamSpecCodec SPECS = new StreamSpecCodec();

    private final byte[] hash;
    private final byte[] list;
    private final Function<Object, T> parser;
    private Object answer = "";

    private StreamWrite(byte[] hash, byte[] list, List<byte[]> arguments, Function<Object, T> parser) {
        super(arguments.toArray(byte[][]::new), OVERHEAD_BYTES + hash.length + list.length);
        this.hash = hash;
        this.list = list;
        this.parser = parser;
    }

    static <T> StreamWrite<T> append(byte[] hash, byte[] list, StreamAppend append, Function<Object, T> parser) {
        boolean isPlain = append.seq() == null && append.producer() == null && !append.close();
        List<byte[]> arguments = begin(isPlain ? "a" : "A", append);
        if (!isPlain) {
            addConditions(arguments, append);
        }
        arguments.addAll(append.messages());
        return new StreamWrite<>(hash, list, arguments, parser);
    }

    static <T> StreamWrite<T> create(
            byte[] hash, byte[] list, StreamSpec spec, StreamAppend first, Function<Object, T> parser) {
        List<byte[]> arguments = begin("C", first);
        addConditions(arguments, first);
        arguments.add(Answers.bytes(lives(spec.timeToLive())));
        arguments.add(Answers.bytes(ends(spec.expiresAt())));
        arguments.add(SPECS.encode(spec));
        arguments.addAll(first.messages());
        return new StreamWrite<>(hash, list, arguments, parser);
    }

    static <T> StreamWrite<T> delete(byte[] hash, byte[] list, Function<Object, T> parser) {
        return new StreamWrite<>(hash, list, begin("D", StreamAppend.NOTHING), parser);
    }

    private static List<byte[]> begin(String letter, StreamAppend append) {
        List<byte[]> arguments = new ArrayList<>(10 + append.messages().size());
        arguments.add(Answers.bytes(letter));
        arguments.add(Answers.bytes(Integer.toString(append.messages().size())));
        return arguments;
    }

    private static void addConditions(List<byte[]> arguments, StreamAppend append) {
        Producer by = append.producer();
        arguments.add(Answers.bytes(append.close() ? "1" : "0"));
        arguments.add(append.seq() == null ? new byte[0] : Answers.bytes('=' + append.seq()));
        arguments.add(by == null ? new byte[0] : StreamName.encode('=' + by.id()));
        arguments.add(Answers.bytes(Long.toString(by == null ? 0 : by.epoch())));
        arguments.add(Answers.bytes(Long.toString(by == null ? 0 : by.seq())));
    }

    private static String lives(@Nullable Duration time) {
        return time == null ? "" : Long.toString(time.toMillis());
    }

    private static String ends(@Nullable Instant time) {
        return time == null ? "" : Long.toString(Math.max(EARLIEST_MILLIS, time.toEpochMilli()));
    }

    byte[] hash() {
        return hash;
    }

    byte[] list() {
        return list;
    }

    @Override
    int size() {
        return 1;
    }

    @Override
    void complete(List<Object> answers, int from) {
        stopTimer();
        answer = answers.get(from);
    }

    @Override
    void acknowledge() {
        try {
            result().complete(parser.apply(answer));
        } catch (RuntimeException e) { // no room, or something that this version does not understand
            result().completeExceptionally(e);
        }
    }
}
