package io.tidewire.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Cursor;
import io.tidewire.log.EventLog;
import io.tidewire.log.Follower;
import io.tidewire.log.Interest;
import io.tidewire.log.LogEntry;
import io.tidewire.log.MemoryLog;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Read;
import io.tidewire.log.Resolution;
import io.tidewire.log.Retention;
import io.tidewire.log.Update;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A hub whose log was away for so long that history was cut meanwhile: its live subscribers are told, as any other reader is. */
final class CutOffTest {
    private static final Retention FIVE = new Retention(5, 1 << 20, Duration.ofDays(1));

    private final VirtualLoop loop = new VirtualLoop();
    private final FarLog log = new FarLog(new MemoryLog(FIVE, () -> Instant.EPOCH, new Random(1)));
    private final Hub hub =
            Hub.builder(log).clock(() -> Instant.EPOCH).random(new Random(1)).build();
    private final Shard shard = hub.addShard(loop);

    /** A log from which its follower can be cut off. */
    private static final class FarLog implements EventLog {
        private final MemoryLog log;
        private boolean away;
        private @Nullable Follower follower;

        FarLog(MemoryLog log) {
            this.log = log;
        }

        @Override
        public CompletionStage<List<AppendResult>> append(List<Append> batch) {
            return log.append(batch);
        }

        @Override
        public CompletionStage<Page> read(Read request) {
            return log.read(request);
        }

        @Override
        public Position follow(Follower told) {
            follower = told;
            return log.follow(this::pass);
        }

        private void pass(List<LogEntry> entries) {
            if (!away) {
                Objects.requireNonNull(follower).entries(entries);
            }
        }

        /** What it missed is handed over as far as the log still has it. */
        void comeBack() {
            away = false;
            Position oldest = log.resolve(new Cursor.Earliest(), Interest.ALL)
                    .toCompletableFuture()
                    .join()
                    .position();
            Page page = log.read(new Read(oldest, Read.Mode.ALL, Interest.ALL, 1000, 1 << 20))
                    .toCompletableFuture()
                    .join();
            Objects.requireNonNull(follower).cutOff(oldest);
            Objects.requireNonNull(follower).entries(page.entries());
        }

        @Override
        public CompletionStage<Resolution> resolve(Cursor cursor, Interest interest) {
            return log.resolve(cursor, interest);
        }

        @Override
        public void close() {
            log.close();
        }
    }

    private void publish(int from, int to) {
        for (int i = from; i <= to; i++) {
            hub.publish(Update.to("a").data("n" + i).build());
        }
    }

    private void publishAndDeliver(int from, int to) {
        publish(from, to);
        loop.run();
    }

    private Reader listen(@Nullable String lastEventId) {
        SubscriptionRequest.Builder request = SubscriptionRequest.to("a");
        if (lastEventId != null) {
            request.cursor(new Cursor.After(lastEventId));
        }
        Reader reader = new Reader();
        shard.open(request.build()).toCompletableFuture().join().start(reader);
        loop.run();
        return reader;
    }

    @Test
    void liveOnesAreToldOfTheGapAndGoOn() {
        Reader live = listen(null);
        publishAndDeliver(1, 3);
        log.away = true;
        publishAndDeliver(4, 20);
        log.comeBack();
        loop.run();
        publishAndDeliver(21, 22);

        assertThat(live.names()).startsWith("connected", "message", "message", "message", "gap", "message");
        assertThat(live.names().stream().filter("gap"::equals)).hasSize(1);
        assertThat(live.data()).containsExactly("n1", "n2", "n3", "n16", "n17", "n18", "n19", "n20", "n21", "n22");
    }

    @Test
    void thoseWhoComeAfterwardsNoticeNothing() {
        publishAndDeliver(1, 3);
        log.away = true;
        publishAndDeliver(4, 20);
        log.comeBack();
        loop.run();
        Reader later = listen(null);
        publishAndDeliver(21, 21);

        assertThat(later.names()).containsExactly("connected", "message");
        Reader resumed = listen(later.lastId());
        publishAndDeliver(22, 22);
        assertThat(resumed.names()).containsExactly("connected", "message");
        assertThat(resumed.data()).containsExactly("n22");
    }

    @Test
    void hubThatIsCutOffTwiceBeforeItsShardsLookTellsOnce() {
        Reader live = listen(null);
        log.away = true;
        publish(1, 20);
        log.comeBack();
        log.away = true;
        publish(21, 40);
        log.comeBack();
        loop.run();

        assertThat(live.names().stream().filter("gap"::equals)).hasSize(1);
        assertThat(live.data()).containsExactly("n36", "n37", "n38", "n39", "n40");
    }
}
