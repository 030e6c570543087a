package io.tidewire.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.log.LogException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What only this store does; what every store does stands in the test kit's contract, which runs there. */
class MemoryStreamStoreTest {
    private static final StreamSpec TEXT = StreamSpec.of("text/plain");
    private static final int TOTAL_BYTES = 20_000;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final MemoryStreamStore store = new MemoryStreamStore(new StreamLimits(1 << 20, TOTAL_BYTES), now::get);

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static void assertFull(CompletionStage<?> stage) {
        assertThatThrownBy(() -> get(stage))
                .hasCauseInstanceOf(LogException.Full.class)
                .hasMessageContaining("streams.total-bytes");
    }

    private void create(String name, int bytes) {
        get(store.create(name, TEXT, StreamAppend.of(new byte[bytes])));
    }

    @Test
    void memoryOfAllIsBoundedAndFreedByDeletion() {
        create("a", 10_000);
        create("b", 5_000);
        assertFull(store.append("b", StreamAppend.of(new byte[5_000])));
        assertFull(store.create("c", TEXT, StreamAppend.of(new byte[5_000])));
        assertThat(get(store.info("c"))).isEmpty();

        get(store.delete("a"));
        assertThat(get(store.append("b", StreamAppend.of(new byte[5_000]))).isTaken())
                .isTrue();
    }

    @Test
    void whatExpiresIsFreedThoughNobodyAsksForIt() {
        get(store.create("a", TEXT.expiringAfter(Duration.ofSeconds(10)), StreamAppend.of(new byte[15_000])));
        assertFull(store.create("b", TEXT, StreamAppend.of(new byte[15_000])));
        now.set(Instant.EPOCH.plusSeconds(10));

        create("b", 15_000);
    }

    @Test
    void streamsMessagesAndProducersWithoutBytesCountAsWell() {
        assertThat(countUntilFull(i -> store.create("s" + i, TEXT, StreamAppend.NOTHING)))
                .isBetween(10, 40);
        for (int i = 0; i < 40; i++) {
            get(store.delete("s" + i));
        }
        create("s", 0);
        assertThat(countUntilFull(i -> store.append("s", StreamAppend.of(new byte[0]))))
                .isBetween(100, 1000);
        get(store.delete("s"));
        create("s", 0);
        StreamAppend nothing = StreamAppend.NOTHING;
        assertThat(countUntilFull(i -> store.append("s", nothing.by(new Producer("producer " + i, 0, 0)))))
                .isBetween(10, 200);
    }

    private interface Call {
        CompletionStage<?> of(int number);
    }

    private static int countUntilFull(Call call) {
        for (int i = 0; i < TOTAL_BYTES; i++) {
            if (call.of(i).toCompletableFuture().isCompletedExceptionally()) {
                assertFull(call.of(i));
                return i;
            }
        }
        throw new AssertionError("never full");
    }

    @Test
    void expiryIsToldByTheSweepAsWell() {
        List<StreamChange> changes = new ArrayList<>();
        store.listen(changes::add);
        get(store.create("a", TEXT.expiringAfter(Duration.ofSeconds(10)), StreamAppend.of(new byte[1])));
        now.set(Instant.EPOCH.plusSeconds(20));
        get(store.info("other"));

        assertThat(changes)
                .containsExactly(
                        new StreamChange("a", new Offset(1), StreamChange.State.OPEN),
                        new StreamChange("a", new Offset(1), StreamChange.State.GONE));
    }

    @Test
    void beginningThatFailsIsNotTold() {
        List<StreamChange> changes = new ArrayList<>();
        store.listen(changes::add);
        assertFull(store.create("a", TEXT, StreamAppend.of(new byte[TOTAL_BYTES])));

        assertThat(changes).isEmpty();
    }
}
