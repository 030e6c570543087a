package io.tidewire.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.RateLimitException;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStreamEvent;
import io.tidewire.llm.ModelStandIn;
import io.tidewire.llm.ModelTokens;
import io.tidewire.llm.UpstreamTarget;
import io.tidewire.server.LlmConfig;
import io.tidewire.server.LlmUpstream;
import io.tidewire.server.Tidewire;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The official SDKs for Java, unmodified, pointed at the gateway. */
@SuppressWarnings("NullAway.Init") // set before each test
class JavaSdksTest {
    private static final int TOKENS = 30;
    private static final String TEXT = ModelTokens.text("Hello", TOKENS);

    private ModelStandIn model;
    private Tidewire hub;
    private OpenAIClient openai;
    private AnthropicClient anthropic;

    @BeforeEach
    void start() throws IOException {
        model = ModelStandIn.builder().port(0).tokensPerSecond(0).tokens(TOKENS).start();
        hub = Tidewire.builder()
                .port(0)
                .llm(LlmConfig.of(List.of(LlmUpstream.of(UpstreamTarget.of("model", model.uri())))))
                .start();
        openai = OpenAIOkHttpClient.builder()
                .baseUrl(hub.uri() + "/llm/model/v1")
                .apiKey("any")
                .maxRetries(0)
                .build();
        anthropic = AnthropicOkHttpClient.builder()
                .baseUrl(hub.uri() + "/llm/model")
                .apiKey("any")
                .maxRetries(0)
                .build();
    }

    @AfterEach
    void stop() {
        openai.close();
        anthropic.close();
        hub.close();
        model.close();
    }

    private static ChatCompletionCreateParams chat(String model) {
        return ChatCompletionCreateParams.builder()
                .model(model)
                .addUserMessage("Hello")
                .build();
    }

    @Test
    void openaiStreamsChatCompletions() {
        try (var answer = openai.chat().completions().createStreaming(chat("m"))) {
            assertThat(answer.stream()
                            .map(ChatCompletionChunk::choices)
                            .flatMap(List::stream)
                            .flatMap(choice -> choice.delta().content().stream())
                            .collect(Collectors.joining()))
                    .isEqualTo(TEXT);
        }
    }

    @Test
    void openaiGetsWholeChatCompletions() {
        assertThat(openai.chat()
                        .completions()
                        .create(chat("m"))
                        .choices()
                        .get(0)
                        .message()
                        .content())
                .hasValue(TEXT);
    }

    @Test
    void openaiStreamsResponses() {
        ResponseCreateParams asked =
                ResponseCreateParams.builder().model("m").input("Hello").build();
        try (var answer = openai.responses().createStreaming(asked)) {
            List<ResponseStreamEvent> events = answer.stream().toList();
            assertThat(events.stream()
                            .flatMap(event -> event.outputTextDelta().stream())
                            .map(delta -> delta.delta())
                            .collect(Collectors.joining()))
                    .isEqualTo(TEXT);
            assertThat(events.get(events.size() - 1).isCompleted()).isTrue();
        }
    }

    @Test
    void openaiGetsTheErrorsOfTheUpstream() {
        assertThatThrownBy(() -> openai.chat().completions().create(chat("m:status=429")))
                .isInstanceOf(RateLimitException.class);
        try (var answer = openai.chat().completions().createStreaming(chat("m:fault=cut@3"))) {
            assertThatThrownBy(() -> answer.stream().toList()).hasMessageContaining("broke off");
        }
    }

    private static MessageCreateParams message() {
        return MessageCreateParams.builder()
                .model("m")
                .maxTokens(TOKENS)
                .addUserMessage("Hello")
                .build();
    }

    @Test
    void anthropicStreamsMessages() {
        try (var answer = anthropic.messages().createStreaming(message())) {
            assertThat(answer.stream()
                            .map(RawMessageStreamEvent::contentBlockDelta)
                            .flatMap(delta -> delta.stream())
                            .flatMap(delta -> delta.delta().text().stream())
                            .map(text -> text.text())
                            .collect(Collectors.joining()))
                    .isEqualTo(TEXT);
        }
    }

    @Test
    void anthropicGetsWholeMessages() {
        assertThat(anthropic.messages().create(message()).content().get(0).text())
                .hasValueSatisfying(text -> assertThat(text.text()).isEqualTo(TEXT));
    }
}
