package io.tidewire.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidewire.client.EventSourceException.Reason;
import io.tidewire.sse.DecodedEvent;
import io.tidewire.sse.EventDecoder;
import io.tidewire.sse.EventSink;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/** Makes events of bytes and hands them out, over all connections of a source. Owned by the source's thread. */
final class StreamFeed implements EventSink {

    /*
     * The decoder tells with each event the id in force, not whether the event brought it. Three things need to know: an event without
     * id is never a duplicate; an empty id is a reset; and the place must survive a connection that brings no id. So each
     * stream starts with an id that no server sends; while it is in force the stream has brought none, and the id of the
     * connection before holds.
     */
    private static final String NO_ID_YET = "\u0001tidewire-none\u0001";
    private static final byte[] SEED = ("id: " + NO_ID_YET + "\n\n").getBytes(UTF_8);
    // At the latest with every hundredth event the place is saved, however large a piece of the stream has come at
    // once.
    private static final int SAVE_EVERY = 100;

    private final StreamOptions options;
    private final Lifecycle lifecycle;
    private final Readers readers;
    private final Announcements announcements;
    private final Cursor cursor;
    private final Backoff backoff;
    private final EventDecoder decoder;
    private final Optional<RecentIds> recentIds;

    private String lastEventId = "";
    private String idInStream = NO_ID_YET;
    private URI origin;
    private boolean tidewire;
    private boolean first;
    private boolean saidRetry;
    private boolean seeding;
    private long number;
    private Duration silence;

    StreamFeed(StreamOptions options, Lifecycle lifecycle, Readers readers, Announcements announcements, Parts parts) {
        this.options = options;
        this.lifecycle = lifecycle;
        this.readers = readers;
        this.announcements = announcements;
        this.cursor = parts.cursor();
        this.backoff = parts.backoff();
        this.origin = parts.uri();
        this.silence = options.firstSilence();
        this.decoder = new EventDecoder(options.limits(), this);
        this.recentIds = options.dedupe() == 0 ? Optional.empty() : Optional.of(new RecentIds(options.dedupe()));
    }

    /** What else it takes. */
    record Parts(Cursor cursor, Backoff backoff, URI uri) {}

    /** Ends the reading of a stream from within. */
    static final class Stop extends RuntimeException {
        private static final long serialVersionUID = 1;

        Stop(EventSourceException why) {
            super(why.getMessage(), why, false, false);
        }

        EventSourceException why() {
            return getCause() instanceof EventSourceException why
                    ? why
                    : new EventSourceException(Reason.CLOSED, "source: stopped (expected: open)");
        }
    }

    void startAfter(String id) {
        lastEventId = id;
        if (!id.isEmpty()) {
            recentIds.ifPresent(ids -> ids.add(id));
        }
    }

    String lastEventId() {
        return lastEventId;
    }

    Duration silence() {
        return silence;
    }

    /** {@return whether this stream has told when to come back} */
    boolean saidRetry() {
        return saidRetry;
    }

    void begin(StreamOpener.OpenStream stream) {
        origin = stream.origin();
        tidewire = stream.answer().header(ControlEvent.CONNECTION_HEADER).isPresent();
        first = true;
        saidRetry = false;
        idInStream = NO_ID_YET;
        decoder.reset();
        seeding = true;
        decoder.feed(SEED, 0, SEED.length);
        seeding = false;
        decoder.reset(); // a byte order mark may follow
    }

    void feed(byte[] bytes, int length) {
        decoder.feed(bytes, 0, length);
        cursor.save(readers::handledUpTo);
    }

    @Override
    public void retry(Duration reconnectionTime) {
        saidRetry = true;
        backoff.reconnectionTime(reconnectionTime);
    }

    @Override
    public void comment(String text) {
        requireOpen();
        announcements.tell(listener -> listener.comment(text));
    }

    @Override
    public void lastEventId(String id) {
        if (!seeding) {
            requireOpen();
            takeId(id);
            cursor.received(++number, lastEventId);
            readers.delivered(number);
        }
    }

    @Override
    public void event(DecodedEvent event) {
        requireOpen();
        boolean isNew = takeId(event.lastEventId());
        Optional<ControlEvent> control = ControlEvent.of(event.type(), controlData(event), tidewire, first);
        first = false;
        cursor.received(++number, lastEventId);
        if (control.isPresent()) {
            boolean pass = options.controlEvents() || !tidewire;
            control(control.get(), pass ? () -> deliver(event) : () -> {});
        } else if (!isNew || recentIds.isEmpty() || recentIds.get().add(lastEventId)) {
            deliver(event);
        }
        readers.delivered(number);
        if (number % SAVE_EVERY == 0) {
            cursor.save(readers::handledUpTo);
        }
    }

    // Most events have other names; their data is not looked at.
    private static String controlData(DecodedEvent event) {
        return ControlEvent.mayBe(event.type()) ? event.data() : "";
    }

    /** {@return whether the event brought an id of its own} */
    private boolean takeId(String id) {
        if (id.equals(NO_ID_YET)) {
            return false;
        }
        boolean own = !id.equals(idInStream) && !id.isEmpty();
        idInStream = id;
        lastEventId = id;
        return own;
    }

    private void control(ControlEvent control, Runnable deliver) {
        switch (control.kind()) {
            case CONNECTED -> {
                Connected hello = control.connected();
                silence = options.silenceFor(hello.keepAlive());
                announcements.tell(listener -> listener.connected(hello));
            }
            case GAP -> announcements.tell(listener -> listener.gap(control.gap()));
            case HEARTBEAT, CLOSING -> {}
        }
        deliver.run();
        if (control.kind() == ControlEvent.Kind.CLOSING && options.stopOn().contains(control.reason())) {
            stop("stream: closed by the server, " + control.reason() + " (expected: no reconnect)");
        }
    }

    private void deliver(DecodedEvent decoded) {
        StreamEvent event = new StreamEvent(decoded.type(), decoded.data(), lastEventId, origin);
        if (holds(options.endBefore(), event)) {
            stop("stream: complete before this event (expected: no reconnect)");
        }
        try {
            readers.deliver(number, event, announcements::listenerFailed);
        } catch (InterruptedException e) {
            throw new Stop(new EventSourceException(Reason.CLOSED, "thread: interrupted (expected: to run on)", e));
        }
        if (holds(options.endAfter(), event)) {
            stop("stream: complete with this event (expected: no reconnect)");
        }
    }

    private boolean holds(Predicate<StreamEvent> predicate, StreamEvent event) {
        try {
            return predicate.test(event);
        } catch (RuntimeException | Error e) {
            announcements.listenerFailed(e);
            return false;
        }
    }

    private void stop(String message) {
        readers.delivered(number);
        throw new Stop(new EventSourceException(Reason.COMPLETED, message));
    }

    private void requireOpen() {
        if (lifecycle.isClosed()) {
            throw new Stop(new EventSourceException(Reason.CLOSED, "source: closed by the program (expected: open)"));
        }
    }
}
