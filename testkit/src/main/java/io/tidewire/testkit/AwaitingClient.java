package io.tidewire.testkit;

import io.tidewire.sse.DecoderLimits;
import io.tidewire.sse.EventDecoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A subscriber for tests: one HTTP/1.1 connection whose events a test waits for, whose reading it can stall, and which
 * it can cut. It does not reconnect. One test thread uses it; a thread of its own reads.
 *
 * <p>What does not come in time (10 s unless said otherwise) is an {@link AssertionError} that lists what did.
 *
 * <pre>{@code
 * try (AwaitingClient client = AwaitingClient.connect(uri)) {
 *     publish("hello");
 *     assertThat(client.next().data()).isEqualTo("hello");
 * }
 * }</pre>
 */
public final class AwaitingClient implements AutoCloseable {
    private final Socket socket;
    private final ResponseHead head;
    private final Inbox inbox;
    private final StallableReader reader;

    private AwaitingClient(Socket socket, ResponseHead head, Duration patience) throws IOException {
        this.socket = socket;
        this.head = head;
        this.inbox = new Inbox(patience);
        boolean events = head.headers().getOrDefault("content-type", "").startsWith("text/event-stream");
        EventDecoder decoder = new EventDecoder(DecoderLimits.defaults(), inbox);
        BodyFraming framing = new BodyFraming(head, events ? decoder::feed : inbox::text);
        this.reader = new StallableReader(socket, framing, inbox);
        reader.start();
    }

    /**
     * An event as it was received.
     *
     * @param type its name, {@code message} if it had none
     * @param data its data
     * @param id the last event id at that point; empty if there was none
     */
    public record Event(String type, String data, String id) {}

    /** How a response ended. */
    public enum Ending {
        /** As its framing says, or, if it has none, with the end of the connection. */
        COMPLETE,
        /** In the middle: the connection was closed or reset, or what came was no HTTP. */
        CUT
    }

    /** Subscribes and waits for the response's head, whatever its status is. */
    public static AwaitingClient connect(URI uri) {
        return to(uri).connect();
    }

    /** {@return a builder of a client for this {@code http} URI} */
    public static Builder to(URI uri) {
        return new Builder(uri);
    }

    /** {@return the response's status} */
    public int status() {
        return head.status();
    }

    /** {@return the value of one of the response's headers, its name in any case} */
    public Optional<String> header(String name) {
        return Optional.ofNullable(head.headers().get(name.toLowerCase(Locale.ROOT)));
    }

    /** Waits for the next event. */
    public Event next() {
        return inbox.next();
    }

    /** Waits for the next event of this type; those of other types before it are skipped. */
    public Event next(String type) {
        return inbox.next(type);
    }

    /** Waits for the next so many events. */
    public List<Event> take(int count) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(inbox.next());
        }
        return events;
    }

    /** {@return the events that came and were not taken, without waiting and without taking them} */
    public List<Event> received() {
        return inbox.untaken();
    }

    /** Waits until the response is over. */
    public Ending awaitEnd() {
        return inbox.awaitEnd();
    }

    /** {@return all comments that came} */
    public List<String> comments() {
        return inbox.comments();
    }

    /** Waits until there is a comment; {@return the last one}. */
    public String awaitComment() {
        return inbox.awaitComment();
    }

    /** Waits for the end of a response that is no event stream; {@return its body, as UTF-8}. */
    public String body() {
        inbox.awaitEnd();
        return inbox.text();
    }

    /** {@return what a reconnect would send as {@code Last-Event-ID}; empty for none} */
    public String lastEventId() {
        return inbox.lastEventId();
    }

    /** {@return the reconnection time that the server asked for} */
    public Optional<Duration> retry() {
        return inbox.retry();
    }

    /** Stops reading: when this returns, not one more byte is taken from the socket, and the server's writes will stall. */
    public void pause() {
        reader.pause();
    }

    /** Reads on. */
    public void resume() {
        reader.resume();
    }

    /** Cuts the connection with a reset, as a host that vanished and came back would. */
    public void cut() {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // closed already: there is nothing to cut
        }
        close();
    }

    /** Closes the connection. What was received can still be taken. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            reader.resume();
        }
    }

    /** Collects what the request says. Not thread-safe. */
    public static final class Builder {
        private static final int DEFAULT_PORT = 80;

        private final URI uri;
        private final Map<String, String> headers = new LinkedHashMap<>();
        private Duration timeout = Duration.ofSeconds(10);
        private int receiveBufferBytes;

        private Builder(URI uri) {
            if (!"http".equals(uri.getScheme())) {
                throw new IllegalArgumentException("uri: " + uri + " (expected: http://...)");
            }
            this.uri = uri;
            headers.put("Host", uri.getRawAuthority());
            headers.put("Accept", "text/event-stream");
        }

        /** Sets a header of the request. */
        public Builder header(String name, String value) {
            headers.put(name, value);
            return this;
        }

        /** Sets {@code Last-Event-ID}. */
        public Builder lastEventId(String id) {
            return header("Last-Event-ID", id);
        }

        /** Sets how long to wait for anything. */
        public Builder timeout(Duration longest) {
            timeout = longest;
            return this;
        }

        /** Makes the socket's buffer small, so that a paused client stalls its server soon. */
        public Builder receiveBufferBytes(int bytes) {
            receiveBufferBytes = bytes;
            return this;
        }

        /** Subscribes and waits for the response's head, whatever its status is. */
        public AwaitingClient connect() {
            Socket socket = new Socket();
            try {
                return new AwaitingClient(socket, exchangeHeads(socket), timeout);
            } catch (IOException e) {
                throw failed(socket, e);
            }
        }

        private static UncheckedIOException failed(Socket socket, IOException cause) {
            try {
                socket.close();
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
            return new UncheckedIOException(cause);
        }

        private ResponseHead exchangeHeads(Socket socket) throws IOException {
            if (receiveBufferBytes > 0) {
                socket.setReceiveBufferSize(
                        receiveBufferBytes); // before it connects, or TCP has agreed on a larger one
            }
            int timeoutMillis = (int) timeout.toMillis();
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(timeoutMillis);
            int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
            socket.connect(new InetSocketAddress(uri.getHost(), port), timeoutMillis);
            socket.getOutputStream().write(request().getBytes(StandardCharsets.ISO_8859_1));
            return ResponseHead.read(socket.getInputStream());
        }

        private String request() {
            String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
            String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
            StringBuilder request = new StringBuilder("GET " + path + query + " HTTP/1.1\r\n");
            headers.forEach((name, value) ->
                    request.append(name).append(": ").append(value).append("\r\n"));
            return request.append("\r\n").toString();
        }
    }
}
