package io.tidewire.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a writer says as its last reaches those who wait. */
class LastWordsTest {
    @Test
    void anEagerReaderThatWaitsIsToldTheLastMessages() {
        try (Streams streams = new Streams(new MemoryStreamStore(StreamLimits.defaults(), InstantSource.system()))) {
            StreamWriter writer = streams.writer("s", StreamSpec.of("text/plain"))
                    .toCompletableFuture()
                    .join();
            StreamReader reader = streams.eagerReader("s", Offset.START);
            CompletableFuture<StreamPage> next = reader.next(100).toCompletableFuture();
            assertThat(next).isNotDone();
            writer.end("bye".getBytes(StandardCharsets.UTF_8));
            assertThat(next).isDone();
            assertThat(next.join().messages()).hasSize(1);
            reader.close();
        }
    }
}
