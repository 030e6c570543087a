package io.tidewire.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TokenSubscriberTest {
    private final Streams streams = new Streams(new MemoryStreamStore(StreamLimits.defaults(), InstantSource.system()));
    private final Source source = new Source();

    @AfterEach
    void stop() {
        streams.close();
    }

    /** Gives what the test says, and remembers what it was asked for. */
    private static final class Source implements Flow.Publisher<String>, Flow.Subscription {
        private final AtomicLong demand = new AtomicLong();
        private volatile boolean cancelled;
        private Flow.@Nullable Subscriber<? super String> subscriber;

        @Override
        public void subscribe(Flow.Subscriber<? super String> by) {
            subscriber = by;
            by.onSubscribe(this);
        }

        @Override
        public void request(long count) {
            demand.addAndGet(count);
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        Flow.Subscriber<? super String> out() {
            return Objects.requireNonNull(subscriber);
        }
    }

    private String text(String name) {
        return streams.read(name, Offset.START, 1 << 20).toCompletableFuture().join().orElseThrow().messages().stream()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .collect(Collectors.joining());
    }

    private void open(String name) {
        TokenStream answer = streams.open(name).from(source);
        answer.opened().toCompletableFuture().orTimeout(5, TimeUnit.SECONDS).join();
    }

    @Test
    void tokensAreWrittenAndTheEndIsTheEnd() {
        open("a");
        assertThat(source.demand).hasPositiveValue();
        source.out().onNext("Hel");
        source.out().onNext("lo");
        source.out().onComplete();
        await().untilAsserted(() ->
                assertThat(text("a")).isEqualTo("data: \"Hel\"\n\ndata: \"lo\"\n\nevent: done\ndata: {}\n\n"));
    }

    @Test
    void moreIsAskedForAsTokensCome() {
        open("b");
        for (int i = 0; i < 100; i++) {
            assertThat(source.demand.get()).as("asked for before token %s", i).isGreaterThan(i);
            source.out().onNext("x");
        }
    }

    @Test
    void aFailureEndsItWithoutWhatItSays() {
        open("c");
        source.out().onError(new IllegalStateException("the password is swordfish"));
        await().untilAsserted(
                        () -> assertThat(text("c")).contains("event: error").doesNotContain("swordfish"));
    }

    @Test
    void aStopCancels() {
        open("d");
        streams.stop("d");
        await().until(() -> source.cancelled);
        await().untilAsserted(() -> assertThat(text("d")).contains("event: stopped"));
    }
}
