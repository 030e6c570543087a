package io.tidewire.sse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ServerSentEventTest {

    @Test
    void builderGivesWhatItWasGiven() {
        var event = ServerSentEvent.builder()
                .id("1")
                .event("e")
                .data("d")
                .retry(Duration.ofMillis(5))
                .comment("c")
                .build();
        assertThat(event).isEqualTo(new ServerSentEvent("1", "e", "d", Duration.ofMillis(5), "c"));
    }

    @Test
    void nothingAtAllIsRefused() {
        var builder = ServerSentEvent.builder();
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("event: nothing given");
    }

    @Test
    void lineEndsInIdAndTypeAreRefusedWithoutPrintingThem() {
        var builder = ServerSentEvent.builder().id("secret\nid: 2");
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("id: U+000A at index 6 (expected: no CR, LF or NUL)");
        var other = ServerSentEvent.builder().event("\r");
        assertThatThrownBy(other::build).hasMessage("event: U+000D at index 0 (expected: no CR or LF)");
    }

    @Test
    void retryOutOfRangeIsRefused() {
        var negative = ServerSentEvent.builder().retry(Duration.ofMillis(-1));
        assertThatThrownBy(negative::build).hasMessageStartingWith("retry: PT-0.001S (expected: 0 to ");
        var huge = ServerSentEvent.builder().retry(Duration.ofSeconds(Long.MAX_VALUE));
        assertThatThrownBy(huge::build).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void printedFormHasNoData() {
        assertThat(ServerSentEvent.of("secret").toString())
                .doesNotContain("secret")
                .contains("data=6 chars");
    }
}
