package io.tidewire.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.LocalBus;
import io.tidewire.log.MemoryLog;
import io.tidewire.log.Retention;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamReader;
import io.tidewire.stream.StreamSpec;
import io.tidewire.stream.Streams;
import io.tidewire.stream.TokenStream;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class StreamClusterTest {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final InstantSource clock = () -> now;

    private Hub.Builder hub() {
        return Hub.builder(new MemoryLog(Retention.defaults(), clock)).clock(clock);
    }

    /** {@return whether a reader is told that the process that wrote an answer is gone} */
    private static boolean isTakenForLeft(Hub hub) {
        Streams streams = hub.streams();
        StreamSpec spec = StreamSpec.of(TokenStream.CONTENT_TYPE).with(StreamSpec.WRITTEN_BY_ONE, "true");
        streams.create("answer", spec, StreamAppend.NOTHING)
                .toCompletableFuture()
                .join();
        try (StreamReader reader = streams.reader("answer", Offset.START)) {
            return reader.next(1000).toCompletableFuture().isDone();
        }
    }

    @Test
    void whoDoesNotKnowTheOthersYetDoesNotEndTheirAnswers() {
        try (Hub fresh = hub().bus(LocalBus.create()).build()) {
            assertThat(isTakenForLeft(fresh)).isFalse();
            now = now.plusSeconds(4);
            assertThat(isTakenForLeft(fresh)).isTrue();
        }
    }

    @Test
    void whoIsAloneKnowsAtOnce() {
        try (Hub alone = hub().build()) {
            assertThat(isTakenForLeft(alone)).isTrue();
        }
    }
}
