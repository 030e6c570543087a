package io.tidewire.testkit;

import static io.tidewire.testkit.StreamStoreUnderTest.TEXT;
import static io.tidewire.testkit.StreamStoreUnderTest.adding;
import static io.tidewire.testkit.StreamStoreUnderTest.producer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.Creation;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamInfo;
import io.tidewire.stream.StreamSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a stream begins. */
abstract class StreamStoreCreateFacts {
    private final StreamStoreUnderTest store;

    StreamStoreCreateFacts(StreamStoreUnderTest store) {
        this.store = store;
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void newStreamIsEmptyAndOpen() {
        Creation creation = store.create("s", TEXT, StreamAppend.NOTHING);

        assertThat(creation.created()).isTrue();
        StreamInfo info = creation.info();
        assertThat(info.name()).isEqualTo("s");
        assertThat(info.spec()).isEqualTo(TEXT);
        assertThat(info.tail()).isEqualTo(Offset.START);
        assertThat(info.bytes()).isZero();
        assertThat(info.closed()).isFalse();
        assertThat(info.lastUse()).isEqualTo(info.created());
        assertThat(store.info("s")).isEqualTo(info);
        assertThat(store.texts("s")).isEmpty();
    }

    @Test
    void streamMayBeginWithMessages() {
        StreamInfo info = store.create("s", "a", "bc");

        assertThat(info.tail()).isEqualTo(new Offset(2));
        assertThat(info.bytes()).isEqualTo(3);
        assertThat(store.texts("s")).containsExactly("a", "bc");
    }

    @Test
    void streamMayBeginClosed() {
        assertThat(store.create("empty", TEXT, StreamAppend.CLOSE).info().closed())
                .isTrue();
        assertThat(store.create("full", TEXT, adding("a").closing()).info().closed())
                .isTrue();

        assertThat(store.read("empty", Offset.START, 1).isEnd()).isTrue();
        assertThat(store.texts("full")).containsExactly("a");
        assertThat(store.append("full", adding("b")).kind()).isEqualTo(AppendOutcome.Kind.CLOSED);
    }

    @Test
    void existingStreamIsLeftAsItWas() {
        StreamInfo before = store.create("s", "a");
        StreamSpec other = StreamSpec.of("application/json").expiringAfter(Duration.ofSeconds(1));

        Creation again = store.create("s", other, adding("b").closing());

        assertThat(again).isEqualTo(new Creation(false, before));
        assertThat(store.texts("s")).containsExactly("a");
        assertThat(store.info("s").closed()).isFalse();
    }

    @Test
    void producerAndSequenceOfTheFirstAppendCount() {
        store.create("s", TEXT, adding("a").by(producer("p", 3, 0)).inSequence("m"));

        assertThat(store.append("s", adding("a").by(producer("p", 3, 0))).kind())
                .isEqualTo(AppendOutcome.Kind.DUPLICATE);
        assertThat(store.append("s", adding("b").inSequence("m")).kind()).isEqualTo(AppendOutcome.Kind.SEQ_NOT_GREATER);
        assertThat(store.append("s", adding("b").by(producer("p", 3, 1)).inSequence("n"))
                        .kind())
                .isEqualTo(AppendOutcome.Kind.APPENDED);
    }

    @Test
    void producerOfAnEmptyBeginningCounts() {
        store.create("s", TEXT, StreamAppend.NOTHING.by(producer("p", 0, 0)));

        assertThat(store.append("s", adding("a").by(producer("p", 0, 1))).kind())
                .isEqualTo(AppendOutcome.Kind.APPENDED);
    }

    @Test
    void producerCannotBeginInTheMiddle() {
        assertThatThrownBy(() -> store.store().create("s", TEXT, adding("a").by(producer("p", 0, 7))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("producer-seq: 7");
        assertThat(store.exists("s")).isFalse();
    }

    @Test
    void everyFieldOfTheSpecComesBack() {
        Instant end = Instant.parse("2099-12-31T23:59:59.123456789Z");
        StreamSpec spec = new StreamSpec(
                "Text/Plain; charset=\"ÜTF-8\"",
                Duration.ofSeconds(86_400, 5),
                end,
                Map.of(StreamSpec.OWNER, "älice \u0000\n😀", "", "empty name", "empty value", ""));

        StreamInfo info = store.create("s", spec, "a");

        assertThat(info.spec()).isEqualTo(spec);
        assertThat(store.info("s").spec()).isEqualTo(spec);
        assertThat(store.read("s", Offset.START, 1).spec()).isEqualTo(spec);
        assertThat(store.create("s", TEXT, StreamAppend.NOTHING).info().spec()).isEqualTo(spec);
    }

    @Test
    void longestAttributesComeBack() {
        StreamSpec spec = TEXT.with("a", "ü€".repeat(4095));
        store.create("s", spec);

        assertThat(store.info("s").spec()).isEqualTo(spec);
    }
}
