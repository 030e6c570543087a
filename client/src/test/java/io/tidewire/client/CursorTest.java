package io.tidewire.client;

import static io.tidewire.client.Recorder.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.client.EventSourceException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The place is kept, and only for what was handled. */
@SuppressWarnings("try") // servers that are only there
class CursorTest {
    private static final String THREE = "id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\ndata: c\n\n";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final Recorder heard = new Recorder();

    private EventSourceBuilder builder(FaultServer server, CursorStore store) {
        return EventSource.builder(server.uri())
                .listener(heard)
                .cursorStore(store)
                .endBefore(event -> event.type().equals("end"));
    }

    /** In memory, with all that was saved. */
    private static final class Saved implements CursorStore {
        final List<String> ids = Collections.synchronizedList(new ArrayList<>());

        @Override
        public String load() {
            return "";
        }

        @Override
        public void save(String id) {
            ids.add(id);
        }
    }

    @Test
    void theNextLifeResumesWhereTheLastOneWas() throws Exception {
        Path file = folder.resolve("place");
        try (FaultServer server = new FaultServer(
                peer -> peer.open().send(THREE + "event: end\ndata:\n\n").stall())) {
            try (EventSource source = builder(server, CursorStore.file(file)).build()) {
                source.onAny(heard);
                source.start().awaitClosed();
                assertThat(server.request().header("last-event-id")).isEmpty();
            }
            try (EventSource source = builder(server, CursorStore.file(file))
                    .lastEventId("not this")
                    .build()) {
                source.start().awaitClosed();
                assertThat(server.request().header("last-event-id")).isEqualTo("3");
            }
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void anEventIsSavedAfterItsListenerReturned() throws Exception {
        Saved store = new Saved();
        try (FaultServer server =
                        new FaultServer(peer -> peer.open().send(THREE).stall());
                EventSource source = builder(server, store).build()) {
            source.onAny(event -> {
                if (event.data().equals("b")) {
                    source.close();
                }
                heard.accept(event);
            });
            source.start().awaitClosed();
            // Closed while b was handled: b counts, c was never handed out.
            assertThat(heard.events).hasSize(2);
            assertThat(store.ids.get(store.ids.size() - 1)).isEqualTo("2");
        }
    }

    @Test
    void anIteratorsEventIsHandledWhenTheNextIsAskedFor() throws Exception {
        Saved store = new Saved();
        try (FaultServer server =
                        new FaultServer(peer -> peer.open().send(THREE).stall());
                EventSource source = builder(server, store).build()) {
            source.onAny(heard);
            Iterator<StreamEvent> events = source.iterator();
            events.next();
            events.next();
            take(heard.events);
            take(heard.events);
            take(heard.events);
            source.close();
            source.awaitClosed();
            assertThat(store.ids).endsWith("1").doesNotContain("2", "3");
        }
    }

    @Test
    void eventsLeftInAStreamThatWasClosedAreNotSkipped() throws Exception {
        Saved store = new Saved();
        try (FaultServer server = new FaultServer(peer ->
                        peer.open().send(THREE + "event: end\ndata:\n\n").stall());
                EventSource source = builder(server, store).build()) {
            try (Stream<StreamEvent> stream = source.stream()) {
                assertThat(stream.limit(1).map(StreamEvent::data)).containsExactly("a");
            }
            source.awaitClosed();
            assertThat(store.ids).doesNotContain("2", "3");
        }
    }

    @Test
    void aStoreThatCannotBeReadIsTheEnd() throws Exception {
        Path file = folder.resolve("place");
        Files.writeString(file, "tidewire-cursor 1 00000000\nnot what the sum says");
        try (FaultServer server = new FaultServer(peer -> peer.status(204));
                EventSource source = builder(server, CursorStore.file(file)).build()) {
            EventSourceException end = source.start().awaitClosed();
            assertThat(end.reason()).isEqualTo(Reason.CURSOR_STORE);
            assertThat(end.getCause()).hasMessageContaining("is damaged (expected: what CursorStore.file wrote");
            assertThat(server.waitingRequests()).isZero();
        }
    }

    @Test
    void aStoreThatCannotBeWrittenIsReportedAndTheStreamGoesOn() throws Exception {
        try (FaultServer server = new FaultServer(peer ->
                        peer.open().send(THREE + "event: end\ndata:\n\n").stall());
                EventSource source = builder(server, CursorStore.file(folder.resolve("no/folder")))
                        .build()) {
            source.onAny(heard);
            assertThat(source.start().awaitClosed().reason()).isEqualTo(Reason.COMPLETED);
            assertThat(heard.events).hasSize(3);
            assertThat(take(heard.failures).reason()).isEqualTo(Reason.CURSOR_STORE);
        }
    }

    @Test
    void aFileKeepsAnyIdAndFindsDamage() throws Exception {
        Path file = folder.resolve("place");
        CursorStore store = CursorStore.file(file);
        assertThat(store.load()).isEmpty();
        for (String id : new String[] {"1", "", "é€😀 with blanks", "x".repeat(10_000)}) {
            store.save(id);
            assertThat(CursorStore.file(file).load()).isEqualTo(id);
        }
        byte[] whole = Files.readAllBytes(file);
        for (int length : new int[] {0, 5, 27, whole.length - 1}) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            assertThatThrownBy(store::load).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aHalfWrittenSuccessorDoesNotMatter() throws Exception {
        Path file = folder.resolve("place");
        CursorStore store = CursorStore.file(file);
        store.save("1");
        Files.writeString(folder.resolve("place.new"), "tidew");
        assertThat(store.load()).isEqualTo("1");
        store.save("2");
        assertThat(store.load()).isEqualTo("2");
    }
}
