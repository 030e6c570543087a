package io.tidewire.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class SteppedLoopTest {
    private final SteppedLoop loop = new SteppedLoop();
    private final List<String> ran = new ArrayList<>();

    @Test
    void nothingRunsBeforeTheTestSaysSo() {
        loop.execute(() -> ran.add("a"));

        assertThat(ran).isEmpty();
        assertThat(loop.runAll()).isEqualTo(1);
        assertThat(ran).containsExactly("a");
    }

    @Test
    void tasksRunInOrderAndWhatTheyQueueAfterThem() {
        loop.execute(() -> {
            ran.add("a");
            loop.execute(() -> ran.add("c"));
        });
        loop.execute(() -> ran.add("b"));
        loop.runAll();

        assertThat(ran).containsExactly("a", "b", "c");
    }

    @Test
    void oneTaskAtATimeIsPossible() {
        loop.execute(() -> ran.add("a"));
        loop.execute(() -> ran.add("b"));

        assertThat(loop.runOne()).isTrue();
        assertThat(ran).containsExactly("a");
        assertThat(loop.runOne()).isTrue();
        assertThat(loop.runOne()).isFalse();
    }

    @Test
    void timersRunAtTheirTimeInOrder() {
        loop.schedule(() -> ran.add("late at " + loop.nowMillis()), 30);
        loop.schedule(() -> ran.add("early at " + loop.nowMillis()), 10);
        loop.schedule(() -> ran.add("also early at " + loop.nowMillis()), 10);

        loop.advance(Duration.ofMillis(29));
        assertThat(ran).containsExactly("early at 10", "also early at 10");
        loop.advance(Duration.ofMillis(1));
        assertThat(ran).endsWith("late at 30").hasSize(3);
    }

    @Test
    void timerThatSetsATimerWithinTheTimeIsFollowed() {
        loop.schedule(this::tick, 10);
        loop.advance(Duration.ofMillis(35));

        assertThat(ran).containsExactly("10", "20", "30");
        assertThat(loop.nowMillis()).isEqualTo(35);
    }

    private void tick() {
        ran.add(Long.toString(loop.nowMillis()));
        loop.schedule(this::tick, 10);
    }

    @Test
    void whatATimerQueuesRunsAtItsTime() {
        loop.schedule(() -> loop.execute(() -> ran.add("queued at " + loop.nowMillis())), 10);
        loop.advance(Duration.ofSeconds(1));

        assertThat(ran).containsExactly("queued at 10");
    }

    @Test
    void timersWaitForTheTimeEvenWithoutDelay() {
        loop.schedule(() -> ran.add("a"), 0);
        loop.runAll();
        assertThat(ran).isEmpty();

        loop.advance(Duration.ZERO);
        assertThat(ran).containsExactly("a");
    }

    @Test
    void clockMovesWithTheLoop() {
        Instant before = loop.clock().instant();
        loop.advance(Duration.ofMinutes(1));

        assertThat(Duration.between(before, loop.clock().instant())).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void otherThreadsMayQueueButNotRun() {
        CompletableFuture.runAsync(() -> loop.execute(() -> ran.add(Boolean.toString(loop.isCurrent()))))
                .join();
        assertThat(CompletableFuture.supplyAsync(loop::isCurrent).join()).isFalse();
        assertThatThrownBy(() -> CompletableFuture.runAsync(loop::runAll).join())
                .hasCauseInstanceOf(IllegalStateException.class);

        loop.runAll();
        assertThat(ran).containsExactly("true");
    }

    @Test
    void timeDoesNotRunBackwards() {
        assertThatThrownBy(() -> loop.advance(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("time: PT-0.001S");
    }
}
