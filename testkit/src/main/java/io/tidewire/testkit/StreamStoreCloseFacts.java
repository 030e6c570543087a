package io.tidewire.testkit;

import static io.tidewire.testkit.StreamStoreUnderTest.TEXT;
import static io.tidewire.testkit.StreamStoreUnderTest.adding;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.LogException;
import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A store that was closed. */
abstract class StreamStoreCloseFacts {
    private final StreamStoreUnderTest store;

    StreamStoreCloseFacts(StreamStoreUnderTest store) {
        this.store = store;
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static void assertRefused(CompletionStage<?> stage) {
        assertThat(StreamStoreUnderTest.awaitFailure(stage)).isInstanceOf(LogException.Unavailable.class);
    }

    @Test
    void closedStoreRefusesEverything() {
        store.create("s", "a");
        StreamStore closed = store.store();
        closed.close();

        assertRefused(closed.create("t", TEXT, adding("a")));
        assertRefused(closed.append("s", adding("b")));
        assertRefused(closed.info("s"));
        assertRefused(closed.read("s", Offset.START, 1));
        assertRefused(closed.read("s", new Offset(1), 1));
        assertRefused(closed.delete("s"));
        assertRefused(closed.list("", "", 10));
    }

    @Test
    void closingTwiceIsClosing() {
        store.create("s", "a");
        store.store().close();
        store.store().close();

        assertRefused(store.store().info("s"));
    }

    @Test
    void everythingUnderWayIsAnswered() throws Exception {
        store.create("s");
        List<CompletionStage<AppendOutcome>> answers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            answers.add(store.store().append("s", adding("m" + i)));
        }
        store.store().close();

        for (CompletionStage<AppendOutcome> answer : answers) {
            Throwable failure = answer.toCompletableFuture()
                    .handle((outcome, e) -> e)
                    .get(StreamStoreUnderTest.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            assertThat(failure == null || failure instanceof LogException.Unavailable)
                    .as("answered, or told that it is closed: %s", failure)
                    .isTrue();
        }
    }
}
