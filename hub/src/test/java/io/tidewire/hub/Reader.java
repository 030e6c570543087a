package io.tidewire.hub;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client as the shard sees it: takes so many bytes, then none until it drains; keeps what it saw. */
final class Reader implements Outlet {
    /** An event as it was read. */
    record Event(String name, String id, String data) {}

    private final StringBuilder text = new StringBuilder();
    private final List<Event> events = new ArrayList<>();
    private long room = Long.MAX_VALUE;
    private @Nullable CloseReason closed;
    private String lastId = "";
    private int keepAlives;
    private boolean hungUp;

    @Override
    public Written write(Batch batch) {
        if (hungUp) {
            return Written.GONE;
        }
        byte[] bytes = new byte[batch.end() - batch.start()];
        ByteBuffer all = batch.buffer().duplicate().clear().position(batch.start());
        all.get(bytes);
        text.append(new String(bytes, StandardCharsets.UTF_8));
        parse();
        room -= bytes.length;
        return room > 0 ? Written.READY : Written.FULL;
    }

    @Override
    public void close(CloseReason reason) {
        closed = reason;
    }

    /** From now on it takes so many bytes before it is full. */
    void takeOnly(long bytes) {
        room = bytes;
    }

    void takeAll() {
        room = Long.MAX_VALUE;
    }

    void hangUp() {
        hungUp = true;
    }

    List<Event> events() {
        return events;
    }

    /** {@return the events that were published, rather than made by the hub} */
    List<Event> published() {
        return events.stream()
                .filter(e ->
                        !List.of("connected", "gap", "closing", "heartbeat").contains(e.name()))
                .toList();
    }

    List<String> data() {
        return published().stream().map(Event::data).toList();
    }

    List<String> names() {
        return events.stream().map(Event::name).toList();
    }

    String lastId() {
        return lastId;
    }

    int keepAlives() {
        return keepAlives;
    }

    @Nullable
    CloseReason closed() {
        return closed;
    }

    private void parse() {
        int end = text.indexOf("\n\n");
        while (end >= 0) {
            event(text.substring(0, end));
            text.delete(0, end + 2);
            end = text.indexOf("\n\n");
        }
    }

    private void event(String block) {
        String name = "message";
        List<String> data = new ArrayList<>();
        for (String line : block.split("\n", -1)) {
            if (line.startsWith("id: ")) {
                lastId = line.substring(4);
            } else if (line.startsWith("event: ")) {
                name = line.substring(7);
            } else if (line.startsWith("data: ")) {
                data.add(line.substring(6));
            } else if (line.startsWith(":")) {
                keepAlives++;
            }
        }
        if (!data.isEmpty()) {
            events.add(new Event(name, lastId, String.join("\n", data)));
        }
    }
}
