package io.tidewire.matcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicTextTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "https://example.com/é", "日本", "\uD83D\uDE00", " ", "a b", "\u00A0", "\uFFFD", "\uE000"})
    void takesText(String topic) {
        assertThat(TopicText.require("topic", topic)).isEqualTo(topic);
        assertThat(TopicText.isValid(topic)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0000",
                "a\nb",
                "\t",
                "\u001F",
                "\u007F",
                "\u0080",
                "\u0085",
                "\u009F", // controls
                "\u00AD",
                "\u200B\u200D",
                "\u202E",
                "\u2066",
                "\uFEFF",
                "\uDB40\uDC01", // format characters
                "\uD800",
                "\uDC00x",
                "\uDC00\uD800",
                "x\uD83D", // halves
                ""
            })
    void refusesWhatIsNotVisibleText(String topic) {
        assertThat(TopicText.isValid(topic)).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> TopicText.require("topic", topic));
    }

    @Test
    void theMessageTellsCharacterAndPlaceAndNotTheValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TopicText.require("topic", "secret\u202E"))
                .withMessage(
                        "topic: format character U+202E at 6 (expected: Unicode text without control and format characters)");
    }

    @Test
    void aMatcherHas4096BytesAtMost() {
        assertThat(TopicText.requireMatcher("match", "x".repeat(4096))).hasSize(4096);
        assertThat(TopicText.requireMatcher("match", "é".repeat(2048))).hasSize(2048);
        assertThat(TopicText.requireMatcher("match", "\uD83D\uDE00".repeat(1024)))
                .hasSize(2048);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TopicText.requireMatcher("match", "x".repeat(4097)))
                .withMessage("match: 4097 characters (expected: at most 4096 bytes of UTF-8)");
        assertThatIllegalArgumentException().isThrownBy(() -> TopicText.requireMatcher("match", "日".repeat(1366)));
    }
}
