// The official Java SDKs, unmodified, through the gateway; run it with JBang: jbang Sdks.java
//DEPS com.openai:openai-java:4.101.0
//DEPS com.anthropic:anthropic-java:3.12.0

import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.models.messages.MessageCreateParams;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.chat.completions.ChatCompletionCreateParams;

class Sdks {
    public static void main(String[] args) {
        var openai = OpenAIOkHttpClient.builder()
                .baseUrl("http://localhost:8080/llm/openai/v1")
                .apiKey("none")
                .build();
        var question = ChatCompletionCreateParams.builder()
                .model("stand-in")
                .addUserMessage("Why is the sea salty?")
                .build();
        try (var stream = openai.chat().completions().createStreaming(question)) {
            stream.stream()
                    .flatMap(chunk -> chunk.choices().stream())
                    .flatMap(choice -> choice.delta().content().stream())
                    .forEach(System.out::print);
        }
        System.out.println();

        var anthropic = AnthropicOkHttpClient.builder()
                .baseUrl("http://localhost:8080/llm/anthropic")
                .apiKey("none")
                .build();
        var message = MessageCreateParams.builder()
                .model("stand-in")
                .maxTokens(60)
                .addUserMessage("Why is the sea salty?")
                .build();
        try (var stream = anthropic.messages().createStreaming(message)) {
            stream.stream()
                    .flatMap(event -> event.contentBlockDelta().stream())
                    .flatMap(delta -> delta.delta().text().stream())
                    .forEach(text -> System.out.print(text.text()));
        }
        System.out.println();
    }
}
