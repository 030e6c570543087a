package io.tidewire.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UpdateTest {
    @Test
    void onlyTheTopicIsNeeded() {
        Update update = Update.to("t").build();

        assertThat(update).isEqualTo(new Update(Audience.topic("t"), null, "", null, null, null, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "#", "#a.1", "earliest", "a\nb", "a\rb", "a\u0000b", "\u0085"})
    void idThatWouldBreakAResumeIsRefused(String id) {
        assertThatThrownBy(() -> Update.to("t").id(id).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("id: ")
                .hasMessageContaining("(expected: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "a#b", "Earliest", "urn:uuid:5e94c686", " ", "é"})
    void otherIdsAreThePublishersChoice(String id) {
        assertThat(Update.to("t").id(id).build().id()).isEqualTo(id);
    }

    @Test
    void idEventAndKeyHaveALongestLength() {
        String id = "x".repeat(Update.MAX_ID_LENGTH);
        String word = "x".repeat(Update.MAX_EVENT_LENGTH);
        Update.to("t").id(id).event(word).key(word).build();

        assertRefused("id: 129 characters", Update.to("t").id(id + "x"));
        assertRefused("event: 257 characters", Update.to("t").event(word + "x"));
        assertRefused("key: 257 characters", Update.to("t").key(word + "x"));
    }

    @Test
    void eventAndKeyHaveNoControlCharacters() {
        assertRefused("event: control character at 1", Update.to("t").event("a\nb"));
        assertRefused("key: control character at 0", Update.to("t").key("\u0000"));
    }

    @Test
    void dataMayBeAnything() {
        String data = "a\r\nb\u0000\uD800";
        assertThat(Update.to("t").data(data).build().data()).isEqualTo(data);
    }

    @Test
    void retryIsNotNegative() {
        assertThat(Update.to("t").retry(Duration.ZERO).build().retry()).isEqualTo(Duration.ZERO);
        assertRefused("retry: -1", Update.to("t").retry(Duration.ofMillis(-1)));
    }

    @Test
    void refusalDoesNotTellTheData() {
        assertThatThrownBy(() -> Update.to("t").data("secret").event("a\nb").build())
                .hasMessageNotContaining("secret");
    }

    @Test
    void idempotencyKeyHasALength() {
        Update update = Update.to("t").build();
        String key = "x".repeat(Append.MAX_KEY_LENGTH);
        assertThat(new Append(update, key, null).idempotencyKey()).isEqualTo(key);
        assertThatThrownBy(() -> new Append(update, "", null)).hasMessageStartingWith("idempotency-key: 0 characters");
        assertThatThrownBy(() -> new Append(update, key + "x", null))
                .hasMessageStartingWith("idempotency-key: 257 characters");
    }

    private static void assertRefused(String message, Update.Builder builder) {
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message)
                .hasMessageContaining("(expected: ");
    }
}
