package io.tidewire.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How requests get to a server. The one built in uses {@code java.net.http}; another takes a page, see {@code docs/client-java.md} for
 * OkHttp. Safe for any thread: several sources may share one.
 *
 * <p>A transport must not follow redirects, must not retry, must not time out by itself while a body is read, and must not read
 * ahead of {@link Exchange#read} more than a bounded buffer.
 */
public interface Transport extends AutoCloseable {

    /**
     * Begins a request and returns at once.
     *
     * @return the exchange; a failure to connect shows in {@link Exchange#answer}
     * @throws IllegalArgumentException if the request is one that this transport cannot send
     */
    Exchange start(Request request);

    /**
     * {@return whether a header's value may hold more than visible ASCII, sent as UTF-8} If not, a {@code Last-Event-ID} that
     * needs it goes into the query instead, see {@link EventSourceBuilder#lastEventIdParameter}.
     */
    boolean sendsUtf8Headers();

    /** Releases what all its exchanges share. A source closes the transport it made itself, not one it was given. */
    @Override
    void close();

    /**
     * The built-in transport on a client of your own: its proxy, TLS, authenticator, version and executor hold. Give
     * it to many sources and they share its one selector thread and, with HTTP/2, its connections. Closing it leaves the client alone.
     *
     * @param client one that does not follow redirects (the default of its builder)
     */
    static Transport jdk(HttpClient client) {
        return new JdkTransport(client, () -> {}, false);
    }

    /**
     * A request. Immutable, except that the body is not copied.
     *
     * @param method as in {@code GET}
     * @param uri http or https
     * @param headers each name once, whatever its case
     * @param body empty for none
     */
    record Request(String method, URI uri, Map<String, String> headers, byte[] body) {

        /** Checks that nothing is null. */
        public Request {
            Objects.requireNonNull(method, "method");
            Objects.requireNonNull(uri, "uri");
            Objects.requireNonNull(body, "body");
            headers = Map.copyOf(headers);
        }

        /** {@return the method and the host; the rest may be secret} */
        @Override
        public String toString() {
            return "Request[" + method + " " + uri.getScheme() + "://" + uri.getHost() + "]";
        }
    }

    /**
     * The head of an answer. Immutable.
     *
     * @param status as in 200
     * @param headers names in lower case
     */
    record Answer(int status, Map<String, List<String>> headers) {

        /** Checks that nothing is null. */
        public Answer {
            headers = Map.copyOf(headers);
        }

        /** {@return the first value of a header, without blanks around it; the name in lower case} */
        public Optional<String> header(String name) {
            List<String> values = headers.getOrDefault(name, List.of());
            return values.isEmpty()
                    ? Optional.empty()
                    : Optional.of(values.get(0).strip());
        }
    }

    /**
     * One request and its answer. {@link #answer} and {@link #read} are called by one thread, {@link #close} by any, also while the
     * other two wait.
     */
    interface Exchange extends AutoCloseable {

        /** What {@link #read} returns at the end of the body. */
        int END = -1;

        /** What {@link #read} returns if nothing came in time. */
        int NOTHING = 0;

        /**
         * Waits for the head of the answer.
         *
         * @return the head; empty if it did not come in time
         * @throws java.net.ConnectException if no connection came about: nothing was sent
         * @throws IOException if it broke, or was closed
         * @throws InterruptedException if the thread was interrupted
         */
        Optional<Answer> answer(Duration timeout) throws IOException, InterruptedException;

        /**
         * Waits for bytes of the body, as they come.
         *
         * @param into where to, from the start; not empty
         * @return how many came, {@link #NOTHING} or {@link #END}
         * @throws IOException if the connection broke, or was closed
         * @throws InterruptedException if the thread was interrupted
         */
        int read(byte[] into, Duration timeout) throws IOException, InterruptedException;

        /** Ends it at once: the connection (HTTP/1.1) or the stream (HTTP/2) is gone and whoever waits gets an IOException. */
        @Override
        void close();
    }
}
