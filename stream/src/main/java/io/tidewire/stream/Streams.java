package io.tidewire.stream;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams that can be followed: a store, and whoever reads and writes its streams here. Safe for any thread.
 *
 * <pre>{@code
 * Streams streams = new Streams(new MemoryStreamStore(StreamLimits.defaults(), InstantSource.system()));
 * streams.writer("log/build-7", StreamSpec.of("text/plain"))
 *         .thenAccept(build -> build.write("compiling\n".getBytes(UTF_8)));
 * streams.reader("log/build-7", Offset.START).next(64 << 10).thenAccept(page -> show(page.messages()));
 * }</pre>
 */
public final class Streams implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Streams.class);

    /** How often those who wait look by themselves: a change by another process may have got lost on its way here. */
    private static final int LOOK_SECONDS = 15;

    private final StreamStore store;
    private final ConcurrentHashMap<String, LiveStream> live = new ConcurrentHashMap<>();
    private final Set<String> beginning = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService timer;
    private volatile StreamPeers peers = StreamPeers.NONE;

    /** Follows a store, which it closes when it is closed. */
    public Streams(StreamStore store) {
        this.store = store;
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "tidewire-streams");
            thread.setDaemon(true);
            return thread;
        });
        store.listen(this::changed);
        timer.scheduleWithFixedDelay(this::lookAgain, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    /** Sets who knows what other processes do with the streams. */
    public void peers(StreamPeers others) {
        peers = others;
    }

    StreamPeers peers() {
        return peers;
    }

    StreamStore store() {
        return store;
    }

    ScheduledExecutorService timer() {
        return timer;
    }

    /** As {@link StreamStore#create}. */
    public CompletionStage<Creation> create(String name, StreamSpec spec, StreamAppend first) {
        return store.create(name, spec, first);
    }

    /** As {@link StreamStore#append}; readers here are served without asking the store again. */
    public CompletionStage<AppendOutcome> append(String name, StreamAppend append) {
        LiveStream stream = hold(name);
        return append(stream, append).whenComplete((outcome, failure) -> release(stream));
    }

    CompletionStage<AppendOutcome> append(LiveStream stream, StreamAppend append) {
        stream.appending();
        CompletionStage<AppendOutcome> answer;
        try {
            answer = store.append(stream.name, append);
        } catch (RuntimeException e) {
            look(stream.appended(null, List.of()));
            throw e;
        }
        return answer.whenComplete((outcome, failure) -> look(stream.appended(outcome, append.messages())));
    }

    /** As {@link StreamStore#info}. */
    public CompletionStage<Optional<StreamInfo>> info(String name) {
        return store.info(name);
    }

    /** As {@link StreamStore#read}. */
    public CompletionStage<Optional<StreamPage>> read(String name, Offset after, int maxBytes) {
        return store.read(name, after, maxBytes);
    }

    /** As {@link StreamStore#delete}. */
    public CompletionStage<Boolean> delete(String name) {
        return store.delete(name);
    }

    /** As {@link StreamStore#list}. */
    public CompletionStage<List<StreamInfo>> list(String prefix, String after, int limit) {
        return store.list(prefix, after, limit);
    }

    /** {@return a cursor that sees what the store has} Whether there is such a stream, its first page tells. Close it. */
    public StreamReader reader(String name, Offset after) {
        return reader(name, after, false);
    }

    /**
     * {@return a cursor that also sees what a {@link StreamWriter} here has written and the store has not taken yet: for what must not
     * be late and is worth nothing if its writer dies} Close it.
     */
    public StreamReader eagerReader(String name, Offset after) {
        return reader(name, after, true);
    }

    private StreamReader reader(String name, Offset after, boolean eager) {
        LiveStream stream = hold(name);
        StreamReader reader = new StreamReader(this, stream, after, eager);
        stream.join(reader);
        tellWriter(stream.writer());
        return reader;
    }

    /**
     * Creates a stream whose only writer is given.
     *
     * @return fails with an {@link IllegalStateException} if there is a stream of that name, with a
     *     {@link io.tidewire.log.LogException} if the store fails
     */
    public CompletionStage<StreamWriter> writer(String name, StreamSpec spec) {
        StreamSpec marked = spec.with(StreamSpec.WRITTEN_BY_ONE, "true");
        beginning.add(name);
        return store.create(name, marked, StreamAppend.NOTHING)
                .thenApply(creation -> {
                    if (!creation.created()) {
                        throw new IllegalStateException("stream: " + name + " exists (expected: a new name)");
                    }
                    LiveStream stream = hold(name);
                    StreamWriter writer = new StreamWriter(this, stream);
                    stream.begin(writer, marked);
                    return writer;
                })
                .whenComplete((writer, failure) -> beginning.remove(name));
    }

    /** {@return a new stream of that name for an answer, which goes on whether it is read or not, and is kept for an hour after its last use} */
    public TokenStream open(String name) {
        return open(name, StreamSpec.of(TokenStream.CONTENT_TYPE).expiringAfter(TokenStream.KEPT), Abandonment.GO_ON);
    }

    /**
     * {@return a new stream for an answer}
     *
     * @param name if it is taken, {@link TokenStream#done} fails
     * @param spec for how long it is kept, and who owns it; its content type is {@value TokenStream#CONTENT_TYPE}
     * @param policy what becomes of it when nobody reads it
     */
    public TokenStream open(String name, StreamSpec spec, Abandonment policy) {
        TokenStream answer = new TokenStream(name);
        writer(name, spec).whenComplete((writer, failure) -> {
            if (failure == null) {
                answer.begin(this, writer, policy);
            } else {
                answer.failed(failure);
            }
        });
        return answer;
    }

    /**
     * Cancels what writes a stream when nobody has read it, here or in another process, for as long as its policy allows. The time runs
     * from now, as nobody may have come yet.
     *
     * @param cancel called at most once, on any thread; it ends the writer
     */
    public void watch(StreamWriter writer, Abandonment policy, Runnable cancel) {
        Duration grace = policy.cancelAfter();
        if (grace != null) {
            new ReaderWatch(this, writer, grace, cancel).start();
        }
    }

    /** {@return the one who writes it here, if there is one} */
    public Optional<StreamWriter> writerOf(String name) {
        LiveStream stream = live.get(name);
        return Optional.ofNullable(stream == null ? null : stream.writer());
    }

    /** {@return whether it has a writer here, or is about to have one} */
    public boolean isWrittenHere(String name) {
        return beginning.contains(name) || writerOf(name).isPresent();
    }

    /** Ends a stream that was left open by the process that wrote it, and tells its readers; does nothing if that process lives. */
    void endIfLeft(LiveStream stream) {
        if (isWrittenHere(stream.name) || !stream.mayAskForWriter()) {
            return;
        }
        peers.write(stream.name)
                .thenCompose(isWritten -> isWritten || isWrittenHere(stream.name)
                        ? CompletableFuture.completedFuture(null)
                        : append(
                                stream.name,
                                StreamAppend.of(TokenStream.BROKEN_OFF).closing()))
                .whenComplete((outcome, failure) -> {
                    if (failure != null) {
                        LOG.warn(
                                "{} was left open and could not be ended; it is tried again: {}",
                                stream.name,
                                failure.toString());
                    } else if (outcome != null && outcome.isTaken()) {
                        LOG.info("{} was ended: the process that wrote it is gone", stream.name);
                    }
                });
    }

    /** Asks the one who writes a stream, here or in another process, to stop; {@return whether there is one}. */
    public CompletionStage<Boolean> stop(String name) {
        Optional<StreamWriter> here = writerOf(name);
        here.ifPresent(StreamWriter::stop);
        return here.isPresent() ? CompletableFuture.completedFuture(true) : peers.stop(name);
    }

    /** {@return how many readers it has here} */
    public int readers(String name) {
        LiveStream stream = live.get(name);
        return stream == null ? 0 : stream.readerCount();
    }

    private LiveStream hold(String name) {
        return live.compute(name, (key, there) -> {
            LiveStream stream = there == null ? new LiveStream(key) : there;
            stream.holds++;
            return stream;
        });
    }

    private void release(LiveStream stream) {
        live.compute(stream.name, (key, there) -> --stream.holds == 0 ? null : there);
    }

    void left(StreamReader reader, LiveStream stream) {
        tellWriter(stream.leave(reader));
        release(stream);
    }

    private static void tellWriter(@Nullable StreamWriter writer) {
        if (writer != null) {
            writer.readersChanged();
        }
    }

    void ended(StreamWriter writer, LiveStream stream) {
        stream.end(writer);
        look(stream.wake());
        release(stream);
    }

    private void changed(StreamChange change) {
        LiveStream stream = live.get(change.name());
        if (stream == null) {
            return;
        }
        look(stream.changed(change));
        StreamWriter writer = stream.writer();
        if (writer != null && change.state() != StreamChange.State.OPEN) {
            writer.stopped();
        }
    }

    private void lookAgain() {
        live.values().forEach(stream -> look(stream.wakeInDoubt()));
    }

    /** {@return how many streams somebody reads or writes here} */
    int liveCount() {
        return live.size();
    }

    private static void look(List<StreamReader> woken) {
        woken.forEach(StreamReader::look);
    }

    /** Closes the store; who reads or writes learns it from there. */
    @Override
    public void close() {
        timer.shutdownNow();
        store.close();
    }
}
