package io.tidewire.client;

import java.net.URI;
import java.time.Duration;
import java.util.Iterator;
import java.util.Objects;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.Flow;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A stream of Server-Sent Events that outlives its connections: it reconnects, resumes where it was, notices silence, and ends with a
 * reason. Events reach listeners ({@link #on}), a blocking {@link #iterator}, a {@link #stream} or a {@link #publisher}; each gets all of
 * them, in order, and nothing is dropped: who is slow makes the client stop reading.
 *
 * <p>Safe for any thread. A source has one thread of its own (a daemon, unless {@link EventSourceBuilder#threads} says otherwise), which
 * calls every listener, codec, header function, predicate and {@code onNext}, one at a time. What blocks there holds up this source,
 * no other. The reader of an iterator or a Stream is called by nobody: it is on its own thread, up to 256 events or about 1 Mi characters
 * behind (see {@link EventSourceBuilder#buffer}).
 *
 * <p>Iterators and Streams throw {@link EventSourceException} when the source ended by a failure. On a closed source they have no
 * more elements, and {@link #start} does nothing.
 *
 * <pre>{@code
 * try (EventSource source = EventSource.builder(URI.create("http://localhost:8080/events?topic=news")).build()) {
 *     for (StreamEvent event : source) {
 *         System.out.println(event.type() + " " + event.data());
 *     }
 * }
 * }</pre>
 */
public final class EventSource implements AutoCloseable, Iterable<StreamEvent> {

    private final Lifecycle lifecycle = new Lifecycle();
    private final Readers readers = new Readers();
    private final SourceParts parts;
    private final Cursor cursor;
    private final ThreadFactory threads;
    private final @Nullable EventCodec codec;
    private final int bufferEvents;

    EventSource(SourceParts parts, CursorStore store, EventSourceBuilder.Local local) {
        this.parts = parts;
        this.cursor = new Cursor(store, parts.announcements()::failed);
        this.threads = local.threads();
        this.codec = local.codec();
        this.bufferEvents = local.bufferEvents();
    }

    /**
     * {@return what a source is configured with}
     *
     * @param uri http or https, with a host
     * @throws IllegalArgumentException if it is another
     */
    public static EventSourceBuilder builder(URI uri) {
        return new EventSourceBuilder(uri);
    }

    /** Takes a listener away. Any thread, any number of times; the listener is not called again once this returned on its thread. */
    @FunctionalInterface
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Listens to the events of one name, which the codec makes objects of.
     *
     * @param type as in {@code event: price}; {@code message} for those without a name
     * @param as what to make of the data
     * @param handler called on the source's thread
     * @return takes it away again
     * @throws IllegalStateException if no {@link EventSourceBuilder#codec} was given
     */
    public <T> Registration on(String type, Class<T> as, Consumer<? super T> handler) {
        EventCodec reader = codec;
        if (reader == null) {
            throw new IllegalStateException(
                    "codec: none (expected: EventSourceBuilder.codec, as in JsonMapper.shared()::readValue)");
        }
        Objects.requireNonNull(as, "as");
        Objects.requireNonNull(handler, "handler");
        return on(type, event -> {
            T value;
            try {
                value = reader.read(event.data(), as);
            } catch (Exception e) {
                throw new IllegalArgumentException("data: not read (expected: " + as.getName() + ")", e);
            }
            handler.accept(value);
        });
    }

    /**
     * Listens to the events of one name.
     *
     * @param type as in {@code event: price}; {@code message} for those without a name
     * @param handler called on the source's thread
     * @return takes it away again
     */
    public Registration on(String type, Consumer<StreamEvent> handler) {
        return readers.listen(Objects.requireNonNull(type, "type"), Objects.requireNonNull(handler, "handler"));
    }

    /** Listens to the events without a name. {@return takes it away again} */
    public Registration onMessage(Consumer<StreamEvent> handler) {
        return on("message", handler);
    }

    /** Listens to all events, whatever their name. {@return takes it away again} */
    public Registration onAny(Consumer<StreamEvent> handler) {
        return readers.listenToAll(Objects.requireNonNull(handler, "handler"));
    }

    /**
     * Connects; returns at once. Does nothing the second time. Listeners should be in place before.
     *
     * @return this
     */
    public EventSource start() {
        if (lifecycle.start()) {
            try {
                threads.newThread(new SourceLoop(parts, lifecycle, readers, cursor))
                        .start();
            } catch (RuntimeException | Error e) { // no thread to be had: nobody may wait for one
                EventSourceException why = new EventSourceException(
                        EventSourceException.Reason.REQUEST, "thread: not started (expected: one that runs)", e);
                lifecycle.finish(why);
                readers.end(why);
                lifecycle.finished();
                throw e;
            }
        }
        return this;
    }

    /**
     * Starts the source and reads all events from now on, blocking while there are none. Ends when the source does in good order. An event
     * counts as handled when the one after it is asked for. For one thread. One that is not read to the end holds up the source when its
     * buffer is full; close the source, or use {@link #stream}, which can be closed by itself.
     */
    @Override
    public Iterator<StreamEvent> iterator() {
        EventBuffer buffer = buffer();
        start();
        return buffer;
    }

    /**
     * Starts the source and reads all events from now on, as {@link #iterator} does. Closing the Stream gives up its place among the readers;
     * the source goes on.
     */
    @SuppressWarnings("MustBeClosedChecker") // the caller's to close
    public Stream<StreamEvent> stream() {
        EventBuffer buffer = buffer();
        start();
        int traits = Spliterator.ORDERED | Spliterator.NONNULL;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(buffer, traits), false)
                .onClose(buffer::closeByReader);
    }

    private EventBuffer buffer() {
        EventBuffer[] self = new EventBuffer[1];
        EventBuffer buffer =
                new EventBuffer(bufferEvents, () -> cursor.save(readers::handledUpTo), () -> readers.remove(self[0]));
        self[0] = buffer;
        readers.add(buffer);
        return buffer;
    }

    /**
     * {@return all events from the moment of each subscription on} Subscribing starts the source. Nothing is buffered: while any subscriber
     * has no demand the source's thread waits and its socket is not read. {@code onNext} is called on the source's thread, and an event counts
     * as handled when it returned. {@code onComplete} follows an orderly end, {@code onError} with an
     * {@link EventSourceException} any other.
     */
    public Flow.Publisher<StreamEvent> publisher() {
        return subscriber -> {
            Objects.requireNonNull(subscriber, "subscriber");
            SubscriberGate gate =
                    new SubscriberGate(subscriber, readers::remove, parts.announcements()::listenerFailed);
            readers.add(gate);
            gate.subscribed();
            start();
        };
    }

    /** {@return where it stands} */
    public ConnectionState state() {
        return lifecycle.state();
    }

    /** {@return why the last connection failed or ended, or why the source did; empty before the first time} */
    public Optional<EventSourceException> lastError() {
        return lifecycle.lastError();
    }

    /**
     * Waits until the source is closed, its last callback has returned and its place is saved; for ever, if it was neither started nor
     * closed.
     *
     * @return why it closed
     */
    public EventSourceException awaitClosed() throws InterruptedException {
        lifecycle.awaitFinished();
        return lifecycle.lastError().orElseGet(EventSource::closedUnstarted);
    }

    /** Waits no longer than that; {@return why it closed; empty if it has not yet}. */
    public Optional<EventSourceException> awaitClosed(Duration atMost) throws InterruptedException {
        return lifecycle.awaitFinished(atMost)
                ? Optional.of(lifecycle.lastError().orElseGet(EventSource::closedUnstarted))
                : Optional.empty();
    }

    private static EventSourceException closedUnstarted() {
        return new EventSourceException(
                EventSourceException.Reason.CLOSED, "source: closed by the program (expected: open)");
    }

    /**
     * Closes for good. Any thread, also from a callback; any number of times. When it returns the state is
     * {@link ConnectionState#CLOSED}, the socket is on its way down, readers that wait have been woken, and no further event
     * begins to be handed out. A callback that is running is neither interrupted nor waited for: {@link #awaitClosed()} does wait.
     */
    @Override
    public void close() {
        if (lifecycle.close()) {
            readers.abort();
            if (!lifecycle.isStarted()) {
                readers.end(closedUnstarted());
            }
        }
    }
}
