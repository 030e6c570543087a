package io.tidewire.log.redis;

import io.tidewire.log.LogException;
import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.Creation;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamInfo;
import io.tidewire.stream.StreamLimits;
import io.tidewire.stream.StreamSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Creates streams, appends to them and deletes them. Safe for any thread. */
final class StreamWriter {
    /*
     * A lane has one request on its way. With two, one is prepared while Redis works on the other. A stream has always the same lane,
     * so what one caller wants of it is done in the order of the calls.
     */
    private static final int LANES = 2;

    /** A request takes up to some ten milliseconds; the more is in it, the more of it is for the same streams, and cheaper. */
    private static final GroupCommit.Bounds REQUESTS = new GroupCommit.Bounds(4000, 4 << 20, 32L << 20);

    private final Link link;
    private final StreamKeys keys;
    private final StreamLimits limits;
    private final Consumer<byte[]> published;
    private final List<GroupCommit<StreamWrite<?>>> lanes = new ArrayList<>();

    /**
     * Creates one that has nothing to do.
     *
     * @param hub what no other hub is called
     * @param published takes what was published of our writes, as other hubs get it
     */
    StreamWriter(
            Link link,
            RedisConfig config,
            StreamKeys keys,
            StreamLimits limits,
            String hub,
            Consumer<byte[]> published) {
        this.link = link;
        this.keys = keys;
        this.limits = limits;
        this.published = published;
        for (int i = 0; i < LANES; i++) {
            lanes.add(new GroupCommit<>(link, config, new Lane(keys.hub(hub + "-" + i)), REQUESTS));
        }
    }

    /** What the requests of a lane are like. */
    private final class Lane implements GroupCommit.Form<StreamWrite<?>> {
        private final byte[] hub;

        Lane(byte[] hub) {
            this.hub = hub;
        }

        @Override
        public Script script() {
            return Script.STREAM_WRITE;
        }

        @Override
        public byte[][] keys(List<StreamWrite<?>> items) {
            byte[][] own = new byte[1 + 2 * items.size()][];
            own[0] = hub;
            int at = 1;
            for (StreamWrite<?> item : items) {
                own[at++] = item.hash();
                own[at++] = item.list();
            }
            return keys.with(own);
        }

        @Override
        public byte[][] arguments(long number, long memoryMillis, List<StreamWrite<?>> items) {
            List<byte[]> own = new ArrayList<>(3 + 3 * items.size());
            own.add(Answers.bytes(Long.toString(number)));
            own.add(Answers.bytes(Long.toString(memoryMillis)));
            own.add(Answers.bytes(Long.toString(limits.streamBytes())));
            for (StreamWrite<?> item : items) {
                own.addAll(List.of(item.arguments()));
            }
            return keys.arguments(own.toArray(byte[][]::new));
        }

        @Override
        public void completed(List<StreamWrite<?>> items, List<Object> answers) {
            byte[] message = Answers.bytes(answers.get(0));
            if (message.length > 0) {
                published.accept(message);
            }
        }
    }

    /** {@return what is to know of sessions} */
    List<? extends Link.User> lanes() {
        return lanes;
    }

    CompletableFuture<Creation> create(String name, StreamSpec spec, StreamAppend first) {
        byte[] bytes = StreamName.encode(name);
        return submit(
                name,
                StreamWrite.create(
                        keys.hash(bytes), keys.list(bytes), spec, first, answer -> creation(name, (List<?>) answer)));
    }

    CompletableFuture<AppendOutcome> append(String name, StreamAppend append) {
        byte[] bytes = StreamName.encode(name);
        return submit(
                name,
                StreamWrite.append(
                        keys.hash(bytes), keys.list(bytes), append, answer -> outcome(name, Answers.text(answer))));
    }

    CompletableFuture<Boolean> delete(String name) {
        byte[] bytes = StreamName.encode(name);
        return submit(
                name,
                StreamWrite.delete(
                        keys.hash(bytes),
                        keys.list(bytes),
                        answer -> Answers.text(answer).equals("1")));
    }

    private <T> CompletableFuture<T> submit(String name, StreamWrite<T> write) {
        GroupCommit<StreamWrite<?>> lane = lanes.get(Math.floorMod(name.hashCode(), LANES));
        LogException refusal = lane.refusal();
        if (refusal != null) {
            return CompletableFuture.failedFuture(refusal);
        }
        lane.submit(write);
        return write.result();
    }

    // --- what the script says

    private Creation creation(String name, List<?> answer) {
        char kind = kindOf(name, Answers.text(answer.get(0)));
        StreamInfo info = StreamReader.info(name, answer.subList(1, answer.size()));
        return new Creation(kind == 'C', info);
    }

    private AppendOutcome outcome(String name, String answer) {
        char kind = kindOf(name, answer);
        String[] parts = answer.substring(1).split(" ", -1);
        boolean isPlain = parts.length == 1;
        return new AppendOutcome(
                outcomeOf(kind),
                new Offset(Long.parseLong(parts[0])),
                !isPlain && parts[1].equals("1"),
                isPlain ? 0 : Long.parseLong(parts[2]),
                isPlain ? 0 : Long.parseLong(parts[3]));
    }

    private static AppendOutcome.Kind outcomeOf(char kind) {
        return switch (kind) {
            case 'A' -> AppendOutcome.Kind.APPENDED;
            case 'D' -> AppendOutcome.Kind.DUPLICATE;
            case 'N' -> AppendOutcome.Kind.NO_STREAM;
            case 'C' -> AppendOutcome.Kind.CLOSED;
            case 'S' -> AppendOutcome.Kind.SEQ_NOT_GREATER;
            case 'E' -> AppendOutcome.Kind.EPOCH_STALE;
            case 'Z' -> AppendOutcome.Kind.EPOCH_NOT_AT_ZERO;
            case 'G' -> AppendOutcome.Kind.SEQ_GAP;
            default ->
                throw new IllegalStateException("outcome: " + kind + " (expected: a letter of stream-write.lua)");
        };
    }

    /** {@return the letter, unless it says that there is no room} */
    private char kindOf(String name, String answer) {
        char kind = answer.charAt(0);
        if (kind == 'F') {
            throw full("the stream " + name + " (at most " + limits.streamBytes() + " bytes, streams.stream-bytes)");
        } else if (kind == 'M') {
            throw full("Redis at " + link.node() + "; raise its maxmemory, delete streams or have them expire sooner");
        }
        return kind;
    }

    private static LogException full(String what) {
        return new LogException.Full("Full: " + what, new IllegalStateException("no room"));
    }

    /** Refuses what comes and what waits. */
    void close() {
        lanes.forEach(GroupCommit::close);
    }
}
