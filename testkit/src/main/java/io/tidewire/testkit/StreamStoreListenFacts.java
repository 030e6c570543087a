package io.tidewire.testkit;

import static io.tidewire.testkit.StreamStoreUnderTest.TEXT;
import static io.tidewire.testkit.StreamStoreUnderTest.adding;
import static io.tidewire.testkit.StreamStoreUnderTest.producer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamChange;
import io.tidewire.stream.StreamInfo;
import io.tidewire.stream.StreamPage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the listener is told. */
abstract class StreamStoreListenFacts {
    private final StreamStoreUnderTest store;
    private final boolean tellsOfExpiry;

    StreamStoreListenFacts(StreamStoreUnderTest store, boolean tellsOfExpiry) {
        this.store = store;
        this.tellsOfExpiry = tellsOfExpiry;
    }

    @AfterEach
    void close() {
        store.close();
    }

    private StreamStoreChanges listen() {
        StreamStoreChanges changes = new StreamStoreChanges();
        store.store().listen(changes);
        return changes;
    }

    @Test
    void eachChangeIsToldInOrder() {
        StreamStoreChanges changes = listen();
        store.create("s", "a");
        store.append("s", "b", "c");
        store.append("s", "d");
        store.append("s", adding("e").closing());
        store.delete("s");

        assertThat(changes.await("s", 5)).containsExactly("OPEN 1", "OPEN 3", "OPEN 4", "CLOSED 5", "GONE 5");
    }

    @Test
    void closingAloneIsAChange() {
        StreamStoreChanges changes = listen();
        store.create("empty");
        store.append("empty", StreamAppend.CLOSE);
        store.create("begun closed", TEXT, StreamAppend.CLOSE);

        assertThat(changes.await("empty", 1)).containsExactly("CLOSED 0");
        assertThat(changes.await("begun closed", 1)).containsExactly("CLOSED 0");
    }

    @Test
    void whatChangesNothingIsNotTold() {
        StreamStoreChanges changes = listen();
        StreamAppend first = adding("a").by(producer("p", 1, 0)).inSequence("5");
        store.create("s");
        store.append("s", first);
        store.append("s", first);
        store.append("s", adding("x").by(producer("p", 0, 0)));
        store.append("s", adding("x").inSequence("4"));
        store.read("s", Offset.START, 1);
        store.create("s", TEXT, adding("x"));
        store.append("s", StreamAppend.CLOSE);
        store.append("s", StreamAppend.CLOSE);
        store.append("s", adding("x"));
        store.delete("s");
        store.delete("s");
        store.append("s", adding("x"));
        store.create("s", "again");

        assertThat(changes.await("s", 4)).containsExactly("OPEN 1", "CLOSED 1", "GONE 1", "OPEN 1");
    }

    @Test
    void endOfAStreamComesBeforeTheNextOfItsName() {
        StreamStoreChanges changes = listen();
        List<String> expected = new ArrayList<>();
        for (int life = 0; life < 30; life++) {
            store.create("s", "a");
            store.append("s", "b");
            store.delete("s");
            expected.addAll(List.of("OPEN 1", "OPEN 2", "GONE 2"));
        }

        assertThat(changes.await("s", expected.size())).isEqualTo(expected);
    }

    @Test
    void whatIsToldCanBeRead() {
        Map<StreamChange, CompletionStage<Optional<StreamPage>>> reads = new ConcurrentHashMap<>();
        ConcurrentLinkedQueue<CompletionStage<Optional<StreamInfo>>> ends = new ConcurrentLinkedQueue<>();
        StreamStoreChanges changes = new StreamStoreChanges(change -> {
            if (change.state() == StreamChange.State.GONE) {
                ends.add(store.store().info(change.name()));
            } else {
                reads.put(change, store.store().read(change.name(), Offset.START, StreamStoreUnderTest.PLENTY));
            }
        });
        store.store().listen(changes);
        store.create("kept");
        store.create("deleted", "a");
        for (int i = 0; i < 100; i++) {
            store.append("kept", "m" + i);
        }
        store.append("kept", StreamAppend.CLOSE);
        changes.await("kept", 101);
        store.delete("deleted");
        changes.await("deleted", 2);

        reads.forEach((change, read) -> {
            StreamPage page = StreamStoreUnderTest.await(read).orElseThrow();
            assertThat(page.tail()).isGreaterThanOrEqualTo(change.tail());
            assertThat(page.messages()).hasSize((int) page.tail().number());
            assertThat(page.closed() || change.state() == StreamChange.State.OPEN)
                    .as("closed, as was told")
                    .isTrue();
        });
        assertThat(reads).hasSizeGreaterThanOrEqualTo(102);
        assertThat(ends)
                .hasSize(1)
                .allSatisfy(info -> assertThat(StreamStoreUnderTest.await(info)).isEmpty());
    }

    @Test
    void changesOfManyStreamsAreEachInOrder() {
        StreamStoreChanges changes = listen();
        List<String> expected = new ArrayList<>();
        for (int stream = 0; stream < 10; stream++) {
            store.create("s" + stream);
        }
        List<CompletionStage<?>> answers = new ArrayList<>();
        for (int i = 1; i <= 50; i++) {
            expected.add("OPEN " + i);
            for (int stream = 0; stream < 10; stream++) {
                answers.add(store.store().append("s" + stream, adding("m" + i)));
            }
        }
        answers.forEach(StreamStoreUnderTest::await);
        for (int stream = 0; stream < 10; stream++) {
            assertThat(changes.await("s" + stream, 50)).isEqualTo(expected);
        }
    }

    @Test
    void expiryIsToldWhenSomebodyLooks() {
        assumeTrue(tellsOfExpiry, "this store says that it does not notice");
        StreamStoreChanges changes = listen();
        store.create("s", TEXT.expiringAfter(store.life), "a");
        store.pass(133);
        assertThat(store.exists("s")).isFalse();
        store.create("s", "b");

        assertThat(changes.await("s", 3)).containsExactly("OPEN 1", "GONE 1", "OPEN 1");
    }
}
