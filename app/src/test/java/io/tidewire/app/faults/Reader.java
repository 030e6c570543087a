package io.tidewire.app.faults;

import io.tidewire.sse.DecodedEvent;
import io.tidewire.sse.EventSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** A subscriber through all its connections: what it has seen, and how it asks for what comes next. Owned by its {@link ReaderLoop}. */
final class Reader implements EventSink {
    private final String path;
    private final Tally tally;
    private final Map<Integer, Sequence> sequences = new HashMap<>();
    private ResponseStream stream = new ResponseStream(this);
    private String lastEventId = "";
    private Duration retry = Duration.ZERO;
    private boolean connected;
    private boolean toldWhy;

    /** One who sees everything. */
    static Reader ofAll(String query, Tally tally) {
        Reader reader = new Reader(query, tally);
        for (int writer = 0; writer < tally.writers(); writer++) {
            reader.sequences.put(writer, new Sequence());
        }
        return reader;
    }

    /** One who sees one writer's events. */
    static Reader of(int writer, Tally tally) {
        Reader reader = new Reader("topic=" + Writer.topic(writer), tally);
        reader.sequences.put(writer, new Sequence());
        return reader;
    }

    private Reader(String query, Tally tally) {
        this.path = "/events?" + query;
        this.tally = tally;
    }

    /** {@return the request of a new connection} */
    ByteBuffer request() {
        stream = new ResponseStream(this);
        connected = false;
        toldWhy = false;
        String resume = lastEventId.isEmpty() ? "" : "Last-Event-ID: " + lastEventId + "\r\n";
        String request =
                "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n" + resume + "\r\n";
        return ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Takes bytes of the connection; {@return whether the stream goes on}. */
    boolean feed(ByteBuffer bytes) throws IOException {
        return stream.feed(bytes);
    }

    @Override
    public void event(DecodedEvent event) {
        String id = event.lastEventId();
        switch (event.type()) {
            case Writer.EVENT -> take(event.data());
            case "connected" -> welcomed(event.data());
            case "gap" -> tally.gaps.increment();
            case "closing" -> toldWhy = true;
            default -> tally.refused("event: " + event.type());
        }
        if (!id.isEmpty()) {
            lastEventId = id;
        }
    }

    private void take(String data) {
        int colon = data.indexOf(':');
        int space = data.indexOf(' ', colon);
        Sequence sequence = sequences.get(Integer.parseInt(data.substring(0, colon)));
        if (sequence == null) {
            tally.refused("an event of a topic that was not asked for");
            return;
        }
        sequence.take(Long.parseLong(data.substring(colon + 1, space)), tally);
    }

    private void welcomed(String data) {
        connected = true;
        tally.streams.increment();
        if (!lastEventId.isEmpty() && !data.contains("\"resume\":\"full\"")) {
            tally.notResumed.increment();
        }
    }

    @Override
    public void lastEventId(String id) {
        lastEventId = id;
    }

    @Override
    public void retry(Duration reconnectionTime) {
        retry = reconnectionTime;
    }

    /** {@return how long it was told to wait before it comes back} */
    Duration retry() {
        return retry;
    }

    /** {@return whether its stream has begun} */
    boolean isConnected() {
        return connected;
    }

    /** Its stream has ended. */
    void ended() {
        (toldWhy ? tally.farewells : tally.cuts).increment();
        connected = false;
    }

    /** {@return how many acknowledged events it has not got} */
    long lost() {
        return sequences.entrySet().stream()
                .mapToLong(entry -> entry.getValue().lost(tally.acknowledged(entry.getKey())))
                .sum();
    }

    /** {@return how many it has got that nobody had acknowledged} */
    long beyond() {
        return sequences.entrySet().stream()
                .mapToLong(entry -> entry.getValue().beyond(tally.acknowledged(entry.getKey())))
                .sum();
    }

    @Override
    public String toString() {
        return path + " at " + lastEventId + (connected ? ", connected" : ", not connected") + ", lacks " + lost();
    }
}
