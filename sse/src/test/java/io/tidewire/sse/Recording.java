package io.tidewire.sse;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps all that a decoder reports. */
final class Recording implements EventSink {

    final List<Seen> events = new ArrayList<>();
    final List<String> comments = new ArrayList<>();
    final List<String> idOnlyBlocks = new ArrayList<>();

    @Nullable
    Duration retry;

    @Override
    public void event(DecodedEvent event) {
        events.add(new Seen(event.type(), event.data(), event.lastEventId()));
    }

    @Override
    public void comment(String text) {
        comments.add(text);
    }

    @Override
    public void retry(Duration reconnectionTime) {
        retry = reconnectionTime;
    }

    @Override
    public void lastEventId(String id) {
        idOnlyBlocks.add(id);
    }

    /** An event, kept. */
    record Seen(String type, String data, String lastEventId) {}
}
