package io.tidewire.llm;

import static io.tidewire.llm.Sample.text;
import static io.tidewire.llm.Sample.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.llm.AnswerPart.Failure;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DialectTest {

    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions, OPENAI_CHAT",
        "/openai/deployments/gpt/chat/completions?api-version=1, OPENAI_CHAT",
        "/v1/completions, OPENAI_CHAT",
        "/v1/responses, OPENAI_RESPONSES",
        "/v1/responses/resp_1?stream=true&starting_after=7, OPENAI_RESPONSES",
        "/v1/messages, ANTHROPIC",
        "/v1/messages?beta=true, ANTHROPIC",
        "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse, GEMINI",
        "/v1/messages/count_tokens, GENERIC",
        "/progress?next=/v1/messages, GENERIC",
        "'', GENERIC"
    })
    void aPathTellsTheDialect(String path, Dialect dialect) {
        assertThat(Dialect.ofPath(path)).isEqualTo(dialect);
    }

    @ParameterizedTest
    @EnumSource
    void everyEventOfASampleButAnUnknownOneTellsTheDialect(Sample sample) {
        List<byte[]> blocks = sample.blocks();
        Optional<Dialect> first =
                blocks.stream().map(Dialect::ofBlock).flatMap(Optional::stream).findFirst();
        assertThat(first).hasValue(sample.dialect);
    }

    @Test
    void aCommentTellsNothing() {
        assertThat(Dialect.ofBlock(utf8(": OPENROUTER PROCESSING\n\n"))).isEmpty();
        assertThat(Dialect.ofBlock(utf8("data: x"))).as("no blank line").isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void anErrorIsReadAndRecognised(Dialect dialect) {
        byte[] error = dialect.error("The upstream \"broke\" off", "interrupted");
        assertThat(Sample.split(error)).hasSize(1);
        assertThat(new AnswerReader(dialect).read(error))
                .containsExactly(new Failure("The upstream \"broke\" off", "interrupted"));
        assertThat(Dialect.ofBlock(error)).hasValue(dialect);
        assertThat(dialect.completes(error)).isTrue();
    }

    @Test
    void errorsHaveTheFormOfTheirDialect() {
        assertThat(text(Dialect.OPENAI_CHAT.error("m", "c")))
                .isEqualTo("data: {\"error\":{\"message\":\"m\",\"type\":\"c\",\"param\":null,\"code\":\"c\"}}\n\n");
        assertThat(text(Dialect.OPENAI_RESPONSES.error("m", "c")))
                .isEqualTo(
                        "event: error\ndata: {\"type\":\"error\",\"code\":\"c\",\"message\":\"m\",\"param\":null}\n\n");
        assertThat(text(Dialect.ANTHROPIC.error("m", "c")))
                .isEqualTo("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"c\",\"message\":\"m\"}}\n\n");
        assertThat(text(Dialect.GEMINI.error("m", "c")))
                .isEqualTo("data: {\"error\":{\"code\":500,\"message\":\"m\",\"status\":\"c\"}}\n\n");
        assertThat(text(Dialect.GENERIC.error("m", "c")))
                .isEqualTo("event: error\ndata: {\"message\":\"m\",\"code\":\"c\"}\n\n");
    }

    @ParameterizedTest
    @EnumSource
    void aStackTraceStaysInside(Dialect dialect) {
        String trace = "connection reset\n\tat java.base/Socket.read(Socket.java:7)\r\n\tat Main.main(Main.java:1)";
        assertThat(text(dialect.error(trace, "c\nd")))
                .contains("connection reset")
                .doesNotContain("Socket", "Main");
        assertThat(text(dialect.error("x".repeat(10_000), ""))).hasSizeLessThan(700);
        assertThat(Sample.split(dialect.error("", ""))).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void onlyTheLastEventCompletesAnAnswer(Sample sample) {
        List<byte[]> blocks = sample.blocks();
        assertThat(sample.dialect.completes(blocks.get(blocks.size() - 1))).isTrue();
        // These say why they end before they end.
        Set<Sample> early = Set.of(
                Sample.OPENAI_CHAT,
                Sample.OPENAI_CHAT_TOOLS,
                Sample.DEEPSEEK_REASONING,
                Sample.OPENROUTER,
                Sample.TWO_CHOICES_CRLF,
                Sample.CUT_SURROGATES,
                Sample.ANTHROPIC,
                Sample.ANTHROPIC_TOOLS);
        int inTheMiddle = blocks.size() - (early.contains(sample) ? 4 : 2);
        if (sample.dialect != Dialect.GENERIC) {
            assertThat(sample.dialect.completes(blocks.get(inTheMiddle))).isFalse();
        }
    }
}
