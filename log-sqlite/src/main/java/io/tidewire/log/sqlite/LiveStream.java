package io.tidewire.log.sqlite;

import io.tidewire.stream.Offset;
import io.tidewire.stream.Producer;
import io.tidewire.stream.StreamState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A stream that was used lately, as the running transaction has it. Owned by the writer. */
final class LiveStream {
    private final List<byte[]> pending = new ArrayList<>();
    private final Map<String, Producer> changedProducers = new LinkedHashMap<>();
    final StreamState state;
    /** As the file has it: within a transaction, as it had it before. */
    private StreamRow row;

    private Window window;
    private long bytes;
    private long lastUseMillis;

    LiveStream(StreamRow row) {
        this.row = row;
        state = new StreamState(new Offset(row.tail()), row.closed(), row.seq(), Map.of());
        window = Window.at(row.tail());
        bytes = row.bytes();
        lastUseMillis = row.lastUseMillis();
    }

    long id() {
        return row.id();
    }

    String name() {
        return row.name();
    }

    long bytes() {
        return bytes;
    }

    int windowBytes() {
        return window.bytes();
    }

    void used(long millis) {
        lastUseMillis = Math.max(lastUseMillis, millis);
    }

    /** What was taken; it is written with the rest of the group. */
    void add(List<byte[]> messages, long messageBytes) {
        pending.addAll(messages);
        bytes += messageBytes;
    }

    void changed(Producer producer) {
        changedProducers.put(producer.id(), producer);
    }

    /** {@return the row with everything of the transaction} */
    StreamRow row() {
        return new StreamRow(
                row.id(),
                row.name(),
                row.spec(),
                row.createdMillis(),
                lastUseMillis,
                state.tail().number(),
                bytes,
                state.isClosed(),
                state.seq());
    }

    List<byte[]> pending() {
        return pending;
    }

    Iterable<Producer> changedProducers() {
        return changedProducers.values();
    }

    /** The transaction is committed. {@return what readers may see} */
    StreamView committed() {
        row = row();
        window = window.plus(pending);
        pending.clear();
        changedProducers.clear();
        return new StreamView(row, window);
    }
}
