package io.tidewire.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidewire.sse.DecoderLimits;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link EventSource} is made of. Not thread safe; may be used again for another source. Each method throws
 * {@link IllegalArgumentException} for a value that is not allowed.
 *
 * <pre>{@code
 * EventSource source = EventSource.builder(uri)
 *         .headers(attempt -> Map.of("Authorization", "Bearer " + tokens.current(attempt.refused())))
 *         .cursorStore(CursorStore.file(Path.of("news.cursor")))
 *         .codec(JsonMapper.shared()::readValue)
 *         .build();
 * }</pre>
 */
public final class EventSourceBuilder {

    // 256 events: enough to keep both sides busy, little to hold.
    private static final int DEFAULT_BUFFER_EVENTS = 256;
    // 1 s: a wait of zero would give up a connection on which bytes are on their way.
    private static final Duration SHORTEST_WATCHDOG = Duration.ofMillis(1);

    private final URI uri;
    private String method = "GET";
    private byte[] body = {};
    private final Map<String, String> headers = new LinkedHashMap<>();
    private @Nullable Function<Attempt, Map<String, String>> computed;
    private boolean repeatable;
    private String lastEventId = "";
    private String lastEventIdParameter = "last_event_id";
    private RetryPolicy retry = RetryPolicy.defaults();
    private @Nullable Duration watchdog;
    private DecoderLimits limits = DecoderLimits.defaults();
    private int dedupe;
    private boolean controlEvents;
    private Set<String> stopOn = Set.of("completed");
    private Predicate<StreamEvent> endBefore = event -> false;
    private Predicate<StreamEvent> endAfter = event -> false;
    private final List<EventSourceListener> listeners = new ArrayList<>();
    private CursorStore cursorStore = Cursor.NONE;
    private @Nullable EventCodec codec;
    private @Nullable Transport transport;
    private @Nullable ThreadFactory threads;
    private int bufferEvents = DEFAULT_BUFFER_EVENTS;

    EventSourceBuilder(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        require(
                "uri",
                uri.getHost() != null && Set.of("http", "https").contains(scheme),
                scheme,
                "http or https, and a host");
        this.uri = uri;
    }

    /**
     * An attempt for which headers are wanted.
     *
     * @param number 1, and one more for each failure in a row
     * @param refused whether the headers of the attempt before were answered by 401: get a fresh token
     */
    public record Attempt(int number, boolean refused) {}

    /** What the source itself needs, beside its thread. */
    record Local(ThreadFactory threads, @Nullable EventCodec codec, int bufferEvents) {}

    /** A header of every request; replaces one of that name. {@code Accept} and {@code Cache-Control} are set unless replaced. */
    public EventSourceBuilder header(String name, String value) {
        headers.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
        return this;
    }

    /**
     * Headers computed anew for each attempt, as for tokens that expire. Called on the source's thread and may block there. If it throws the
     * attempt counts as failed. With it, a 401 is answered by one attempt at once with {@link Attempt#refused}; a second 401 in a row
     * is final.
     */
    public EventSourceBuilder headers(Function<Attempt, Map<String, String>> perAttempt) {
        computed = Objects.requireNonNull(perAttempt, "perAttempt");
        return this;
    }

    /** Sends a POST with that body. It is not repeated blindly, see {@link #repeatable}. */
    public EventSourceBuilder post(String contentType, String content) {
        return header("Content-Type", contentType).method("POST", content.getBytes(UTF_8));
    }

    /**
     * Another method, and a body.
     *
     * @param name as in {@code QUERY}
     * @param content sent with every attempt; empty for none
     */
    public EventSourceBuilder method(String name, byte[] content) {
        require("method", !name.isBlank(), name, "a name");
        method = name;
        body = content.clone();
        return this;
    }

    /**
     * Allows a POST (or PATCH) to be sent again though the server may have acted upon the first. Without it such a request is
     * sent again only if it never arrived, was refused (401, 408, 425, 429), or if an event with an id came, from which the server
     * can resume; otherwise the source ends with {@link EventSourceException.Reason#NOT_REPEATABLE}.
     */
    public EventSourceBuilder repeatable() {
        repeatable = true;
        return this;
    }

    /** Where to begin: after the event of that id. What a {@link #cursorStore} holds goes first. */
    public EventSourceBuilder lastEventId(String id) {
        require(
                "lastEventId",
                id.chars().noneMatch(c -> c == 0 || c == '\r' || c == '\n'),
                "another",
                "no NUL, CR or LF");
        lastEventId = id;
        return this;
    }

    /** The query parameter for an id beyond ASCII that the transport cannot put into a header; {@code last_event_id} by default. */
    public EventSourceBuilder lastEventIdParameter(String name) {
        lastEventIdParameter = Objects.requireNonNull(name, "name");
        return this;
    }

    /** When to connect again. */
    public EventSourceBuilder retry(RetryPolicy policy) {
        retry = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /**
     * After what silence (no answer, no event, no comment) to give a connection up. By default two minutes, and on a stream of a Tidewire server
     * twice the keep-alive interval it announces, plus a second.
     */
    public EventSourceBuilder watchdog(Duration silence) {
        require("watchdog", silence.compareTo(SHORTEST_WATCHDOG) >= 0, silence, "1 ms or more");
        watchdog = silence;
        return this;
    }

    /** How long a line and an event may be. */
    public EventSourceBuilder limits(DecoderLimits decoder) {
        limits = Objects.requireNonNull(decoder, "decoder");
        return this;
    }

    /**
     * Drops events whose id was seen before, for servers that repeat some on a resume. Events without an id of their own always pass.
     *
     * @param remembered how many ids to remember, 1 or more
     */
    public EventSourceBuilder dropDuplicates(int remembered) {
        require("remembered", remembered >= 1, remembered, "1 or more");
        dedupe = remembered;
        return this;
    }

    /** Lets a Tidewire server's own events (connected, gap, heartbeat, closing) reach listeners and readers too. */
    public EventSourceBuilder controlEvents() {
        controlEvents = true;
        return this;
    }

    /**
     * The reasons of a Tidewire server's {@code closing} event after which not to come back, in place of {@code completed}. Others are
     * {@code shutdown}, {@code max-age}, {@code slow}, {@code token-expired}, {@code kicked}.
     */
    public EventSourceBuilder stopOnClosing(Set<String> reasons) {
        stopOn = Set.copyOf(reasons);
        return this;
    }

    /** Ends the source in good order when such an event comes, without handing it out; as for {@code data: [DONE]}. */
    public EventSourceBuilder endBefore(Predicate<StreamEvent> last) {
        endBefore = Objects.requireNonNull(last, "last");
        return this;
    }

    /** Ends the source in good order after such an event; as for {@code event: message_stop}. */
    public EventSourceBuilder endAfter(Predicate<StreamEvent> last) {
        endAfter = Objects.requireNonNull(last, "last");
        return this;
    }

    /** Tells someone about the source's life. May be called several times. */
    public EventSourceBuilder listener(EventSourceListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /** Keeps the place beyond the life of this process. */
    public EventSourceBuilder cursorStore(CursorStore store) {
        cursorStore = Objects.requireNonNull(store, "store");
        return this;
    }

    /** Makes objects of data for typed listeners. */
    public EventSourceBuilder codec(EventCodec reader) {
        codec = Objects.requireNonNull(reader, "reader");
        return this;
    }

    /** Another transport, as one that many sources share; closing it stays with its owner. */
    public EventSourceBuilder transport(Transport shared) {
        transport = Objects.requireNonNull(shared, "shared");
        return this;
    }

    /** Where the source's thread, and those of its own HTTP client, come from; as in {@code Thread.ofVirtual().factory()}. */
    public EventSourceBuilder threads(ThreadFactory factory) {
        threads = Objects.requireNonNull(factory, "factory");
        return this;
    }

    /** How many events an iterator or Stream may be behind before the client stops reading; 1 or more, 256 by default. */
    public EventSourceBuilder buffer(int events) {
        require("buffer", events >= 1, events, "1 or more");
        bufferEvents = events;
        return this;
    }

    /** {@return a source that is not started yet} */
    public EventSource build() {
        ThreadFactory factory = threads != null ? threads : this::daemon;
        Transport shared = transport;
        SourceParts parts = new SourceParts(
                new RequestPlan(uri, method, body, Map.copyOf(headers), computed, repeatable, lastEventIdParameter),
                new StreamOptions(
                        limits, Optional.ofNullable(watchdog), dedupe, controlEvents, stopOn, endBefore, endAfter),
                retry,
                new AnswerRules(InstantSource.system()),
                new Announcements(listeners),
                shared == null ? () -> JdkTransport.owned(factory) : () -> shared,
                shared == null,
                lastEventId,
                System::nanoTime,
                () -> ThreadLocalRandom.current().nextDouble());
        return new EventSource(parts, cursorStore, new Local(factory, codec, bufferEvents));
    }

    private Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "tidewire-client-" + uri.getHost());
        thread.setDaemon(true);
        return thread;
    }

    private static void require(String name, boolean holds, Object value, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + rule + ")");
        }
    }
}
