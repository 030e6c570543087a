package io.tidewire.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.log.TopicRetention;
import io.tidewire.log.TopicRetention.Keep;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryTopicsTest {
    @Test
    void everyKindOfBoundIsRead() {
        assertThat(HistoryTopics.parse(
                        " prices/* latest;chat/*  age=7d   events=1000 ; rates latest-per-key; logs/** bytes=1MiB;"))
                .containsExactly(
                        TopicRetention.of("prices/*").keeping(Keep.LATEST),
                        TopicRetention.of("chat/*").maxAge(Duration.ofDays(7)).maxEvents(1000),
                        TopicRetention.of("rates").keeping(Keep.LATEST_PER_KEY),
                        TopicRetention.of("logs/**").maxBytes(1 << 20));
        assertThat(HistoryTopics.parse("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "chat/*",
                "chat/* newest",
                "chat/* age=soon",
                "chat/* events=",
                "chat/* events=0",
                "chat/* bytes=x",
                "a**b latest"
            })
    void anythingElseIsRefusedWithItsPlaceAndTheRule(String text) {
        Settings settings = new Settings();
        settings.addFlag(Setting.HISTORY_TOPICS, text);
        assertThatThrownBy(() -> new ServerSetup(settings).builder())
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("history.topics: " + text + " from --history-topics (expected: a pattern")
                .hasMessageContaining(text.split(" ")[text.split(" ").length - 1]);
    }
}
