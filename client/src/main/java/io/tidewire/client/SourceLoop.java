package io.tidewire.client;

import io.tidewire.client.EventSourceException.Reason;
import io.tidewire.sse.EventTooLargeException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** The life of a source: connect, read, wait, connect again, until the end. Everything here runs on the source's one thread. */
final class SourceLoop implements Runnable {

    /*
     * One thread waits for one thing at a time (an answer, bytes, room in a reader's buffer, the time for the next attempt),
     * and close() makes an end of each: it closes the exchange, aborts the readers, and signals the pause. So the watchdog needs
     * no timer: it is how long we wait for bytes. While a reader has no room nobody waits for bytes, and silence is not held against
     * the server.
     */

    // 8 KiB: half of what the JDK's client hands over at once; a thousand sources hold 8 MiB.
    private static final int CHUNK_BYTES = 8 << 10;

    private final SourceParts parts;
    private final Lifecycle lifecycle;
    private final Readers readers;
    private final Announcements announcements;
    private final Cursor cursor;
    private final Backoff backoff;
    private final StreamFeed feed;
    private final LongSupplier nanos;
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private boolean refused;

    SourceLoop(SourceParts parts, Lifecycle lifecycle, Readers readers, Cursor cursor) {
        this.parts = parts;
        this.lifecycle = lifecycle;
        this.readers = readers;
        this.cursor = cursor;
        this.announcements = parts.announcements();
        this.nanos = parts.nanos();
        this.backoff = new Backoff(parts.retry(), parts.random());
        this.feed = new StreamFeed(
                parts.options(),
                lifecycle,
                readers,
                announcements,
                new StreamFeed.Parts(cursor, backoff, parts.plan().uri()));
    }

    @Override
    public void run() {
        EventSourceException why;
        Optional<Transport> transport = Optional.empty();
        try {
            transport = Optional.of(parts.transport().get());
            why = live(new StreamOpener(parts.plan(), transport.get(), parts.rules(), lifecycle));
        } catch (InterruptedException e) {
            why = new EventSourceException(Reason.CLOSED, "thread: interrupted (expected: to run on)", e);
        } catch (RuntimeException | Error e) {
            why = new EventSourceException(Reason.REQUEST, "source: failed (expected: to run on; please report)", e);
        }
        end(why);
        if (parts.ownsTransport()) {
            transport.ifPresent(Transport::close);
        }
        lifecycle.finished();
    }

    private void end(EventSourceException why) {
        lifecycle.finish(why);
        readers.end(why);
        cursor.save(readers::handledUpTo);
        announcements.tell(listener -> listener.stateChanged(ConnectionState.CLOSED));
        announcements.tell(listener -> listener.closed(why));
    }

    private EventSourceException live(StreamOpener opener) throws InterruptedException {
        Optional<EventSourceException> unreadable = startAfter();
        if (unreadable.isPresent()) {
            return unreadable.get();
        }
        while (true) {
            EventSourceException cause = connection(opener);
            if (lifecycle.isClosed()) {
                return new EventSourceException(Reason.CLOSED, "source: closed by the program (expected: open)");
            }
            Optional<EventSourceException> last = lastOf(cause);
            if (last.isPresent()) {
                return last.get();
            }
            Duration wait = refused ? Duration.ZERO : backoff.next(cause.retryAfter());
            lifecycle.error(cause);
            enter(ConnectionState.CONNECTING);
            announcements.tell(listener -> listener.disconnected(cause, wait));
            lifecycle.pause(wait);
        }
    }

    private Optional<EventSourceException> startAfter() {
        String id = parts.lastEventId();
        try {
            String stored = cursor.load();
            feed.startAfter(stored.isEmpty() ? id : stored);
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            return Optional.of(new EventSourceException(
                    Reason.CURSOR_STORE, "cursor: not loaded (expected: a store that can be read)", e));
        }
    }

    /** One connection from its request to its end. {@return why it ended} */
    private EventSourceException connection(StreamOpener opener) throws InterruptedException {
        if (lifecycle.isClosed()) {
            return new EventSourceException(Reason.CLOSED, "source: closed by the program (expected: open)");
        }
        String lastEventId = feed.lastEventId();
        StreamOpener.OpenStream stream;
        try {
            stream = opener.open(
                    new EventSourceBuilder.Attempt(backoff.failures() + 1, refused), lastEventId, feed.silence());
        } catch (EventSourceException e) {
            return e;
        }
        long openedNanos = nanos.getAsLong();
        try {
            opened(stream, lastEventId);
            return read(stream.exchange());
        } finally {
            stream.exchange().close();
            backoff.lasted(Duration.ofNanos(nanos.getAsLong() - openedNanos));
        }
    }

    private void opened(StreamOpener.OpenStream stream, String asked) {
        refused = false;
        feed.begin(stream);
        enter(ConnectionState.OPEN);
        announcements.tell(
                listener -> listener.opened(stream.origin(), stream.answer().headers()));
        mercureGap(stream.answer(), asked).ifPresent(gap -> announcements.tell(listener -> listener.gap(gap)));
    }

    // A Mercure hub answers with the id before the first event it sends: another than asked for means that some are
    // missing.
    private static Optional<Gap> mercureGap(Transport.Answer answer, String asked) {
        return answer.header("mercure-last-event-id")
                .or(() -> answer.header("last-event-id"))
                .filter(resumedFrom -> !asked.isEmpty() && !resumedFrom.isEmpty() && !resumedFrom.equals(asked))
                .map(resumedFrom -> new Gap(asked, resumedFrom, OptionalLong.empty()));
    }

    private EventSourceException read(Transport.Exchange exchange) throws InterruptedException {
        try {
            while (true) {
                int count = exchange.read(chunk, feed.silence());
                if (count == Transport.Exchange.END) {
                    return new EventSourceException(Reason.ENDED, "stream: ended (expected: to go on)");
                }
                if (count == Transport.Exchange.NOTHING) {
                    return new EventSourceException(
                            Reason.SILENT,
                            "stream: nothing for " + feed.silence() + " (expected: an event or a comment)");
                }
                feed.feed(chunk, count);
            }
        } catch (StreamFeed.Stop e) {
            return e.why();
        } catch (EventTooLargeException e) {
            return new EventSourceException(Reason.TOO_LARGE, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            return new EventSourceException(Reason.CUT, "connection: broken within the stream (expected: to go on)", e);
        }
    }

    /** {@return why the source ends, if it does not try again after that}; counts the failure. */
    private Optional<EventSourceException> lastOf(EventSourceException cause) {
        boolean unauthorized = cause.status().orElse(0) == 401;
        if (unauthorized && parts.plan().computed() != null && !refused) {
            refused = true;
            return Optional.empty();
        }
        refused = false;
        if (!AnswerRules.isRetried(cause)) {
            return Optional.of(cause);
        }
        boolean hasId = !feed.lastEventId().isEmpty();
        if (!AnswerRules.wasNotActedUpon(cause) && !parts.plan().mayRepeat(hasId)) {
            return Optional.of(new EventSourceException(
                    Reason.NOT_REPEATABLE,
                    parts.plan().method()
                            + ": may have been acted upon (expected: an id to resume from, or repeatable() if twice does no harm)",
                    cause));
        }
        if (cause.reason() == Reason.ENDED && feed.saidRetry()) {
            backoff.endedAsAnnounced();
        }
        return backoff.fail()
                ? Optional.empty()
                : Optional.of(new EventSourceException(
                        Reason.ATTEMPTS_EXHAUSTED,
                        "attempts: " + backoff.failures() + " failed in a row (expected: one that lasts)",
                        cause));
    }

    private void enter(ConnectionState state) {
        if (lifecycle.enter(state)) {
            announcements.tell(listener -> listener.stateChanged(state));
        }
    }
}
