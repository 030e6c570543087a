package io.tidewire.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Append;
import io.tidewire.log.Cursor;
import io.tidewire.log.Follower;
import io.tidewire.log.Interest;
import io.tidewire.log.LogEntry;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Read;
import io.tidewire.log.Retention;
import io.tidewire.log.Update;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** What Kafka deleted before this hub read it. */
final class LostHistoryTest {
    private final Tokens tokens = new Tokens(new Layout(List.of(new Layout.Section("model", new Uuid(1, 1), 2, null))));
    private final View view = new View(
            KafkaConfig.of("nowhere:1"),
            Retention.defaults(),
            () -> Instant.ofEpochMilli(1000),
            tokens,
            2,
            new long[2]);

    private void take(int slot, long offset, String data) {
        Append append = Append.of(Update.to("t" + slot).data(data).build());
        view.take(List.of(new View.Incoming(slot, offset, 1000, List.of(append), -1)));
    }

    private Page read(Position after) {
        return view.read(new Read(after, Read.Mode.ALL, Interest.ALL, 100, 1 << 20), (Place) after)
                .page();
    }

    @Test
    void whoeverWasAtTheHeadIsToldOnceAndGoesOn() {
        List<String> followed = new ArrayList<>();
        List<Position> cutOff = new ArrayList<>();
        view.follow(new Follower() {
            @Override
            public void entries(List<LogEntry> entries) {
                entries.forEach(entry -> followed.add(entry.update().data()));
            }

            @Override
            public void cutOff(Position from) {
                cutOff.add(from);
            }
        });
        take(0, 0, "a0");
        take(1, 0, "b0");
        Position head = Objects.requireNonNull(view.resolve(new Cursor.Newest(), Interest.ALL))
                .position();
        view.skipTo(0, 10);
        take(0, 10, "a10");
        take(1, 1, "b1");

        assertThat(followed).containsExactly("a0", "b0", "a10", "b1");
        Position from = cutOff.get(0);
        assertThat(cutOff).hasSize(1);
        assertThat(head.covers(from)).isFalse();
        Page page = read(head);
        assertThat(Objects.requireNonNull(page.gap()).from()).isEqualTo(head.token());
        assertThat(TestHub.data(page.entries())).containsExactly("a10", "b1");
        assertThat(page.end().covers(from)).isTrue();
        assertThat(read(page.end()).gap()).isNull();
        assertThat(read(from).gap()).isNull();
        assertThat(TestHub.data(read(from).entries())).containsExactly("a10", "b1");
        assertThat(Objects.requireNonNull(view.resolve(new Cursor.After(head.token()), Interest.ALL))
                        .gap())
                .isNotNull();
    }

    @Test
    void readerThatFindsItDeletedFirstLeavesItToTheFollower() {
        take(0, 0, "a0");
        Position head = Objects.requireNonNull(view.resolve(new Cursor.Newest(), Interest.ALL))
                .position();
        view.cutByKafka(0, 10);

        assertThat(read(head).gap()).isNull();
        view.skipTo(0, 10);
        assertThat(read(head).gap()).isNotNull();
    }
}
