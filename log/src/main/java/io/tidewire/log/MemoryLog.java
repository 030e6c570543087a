package io.tidewire.log;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** stub. */
public final class MemoryLog implements EventLog {
    /** Creates an empty log. */
    public MemoryLog(Retention retention, InstantSource clock) {}

    @Override
    public CompletionStage<List<AppendResult>> append(List<Append> batch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Page> read(Read request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Position follow(Consumer<List<LogEntry>> follower) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Resolution> resolve(Cursor cursor) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
