package io.tidewire.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.log.Append;
import io.tidewire.log.Cursor;
import io.tidewire.log.Interest;
import io.tidewire.log.LogException;
import io.tidewire.log.Position;
import io.tidewire.log.Read;
import io.tidewire.log.Update;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A log that was closed. */
abstract class CloseFacts {
    private final LogUnderTest log;

    CloseFacts(LogUnderTest log) {
        this.log = log;
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void closedLogRefusesToAppend() {
        log.append("t", "1");
        log.close();

        assertRefused(log.log().append(List.of(Append.of(Update.to("t").build()))));
    }

    @Test
    void closedLogRefusesToRead() {
        Position start = log.earliest();
        log.close();

        assertRefused(log.log().read(new Read(start, Read.Mode.ALL, Interest.ALL, 1, 1)));
    }

    @Test
    void closedLogRefusesToResolve() {
        String id = log.append("t", "1");
        log.close();

        assertRefused(log.log().resolve(new Cursor.Earliest(), Interest.ALL));
        assertRefused(log.log().resolve(new Cursor.After(id), Interest.ALL));
    }

    @Test
    void followerKeepsWhatWasAcknowledgedBeforeTheEnd() {
        Followed followed = new Followed();
        log.log().follow(followed);
        log.appendNumbers(1, 3);
        followed.await(3);
        log.close();
        log.log().append(List.of(Append.of(Update.to("t").build())));

        assertThat(LogUnderTest.data(followed.await(3))).containsExactly("1", "2", "3");
    }

    @Test
    void closingTwiceIsClosing() {
        log.append("t", "1");
        log.close();
        log.close();

        assertRefused(log.log().resolve(new Cursor.Newest(), Interest.ALL));
    }

    private static void assertRefused(CompletionStage<?> stage) {
        assertThatThrownBy(() -> stage.toCompletableFuture().get(LogUnderTest.PATIENCE_MILLIS, TimeUnit.MILLISECONDS))
                .hasCauseInstanceOf(LogException.Unavailable.class);
    }
}
