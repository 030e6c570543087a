package io.tidewire.llm;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * How a model's answer is told in Server-Sent Events. Whoever forwards a request knows the dialect by its path
 * ({@link #ofPath}); whoever only sees a stream, by its first event ({@link #ofBlock}).
 */
public enum Dialect {
    /** OpenAI's {@code /chat/completions}, and all that speak as it does: vLLM, Ollama, OpenRouter, Mistral, DeepSeek. */
    OPENAI_CHAT,

    /** OpenAI's {@code /responses}, whose events are numbered: see {@link SequenceNumbers}. */
    OPENAI_RESPONSES,

    /** Anthropic's {@code /messages}. */
    ANTHROPIC,

    /** Gemini's {@code :streamGenerateContent?alt=sse}. */
    GEMINI,

    /** Any other event stream: passed on as it is, and read as {@link AnswerPart.Aside}s, but for events named error. */
    GENERIC;

    /**
     * {@return the dialect in which a request to this path is answered; {@link #GENERIC} for one that is not known}
     *
     * @param path of the request at the upstream, with or without its query
     */
    public static Dialect ofPath(String path) {
        int query = path.indexOf('?');
        String bare = query < 0 ? path : path.substring(0, query);
        if (bare.endsWith("/completions")) {
            return OPENAI_CHAT;
        }
        if (bare.endsWith("/responses") || bare.contains("/responses/")) {
            return OPENAI_RESPONSES;
        }
        if (bare.endsWith("/messages")) {
            return ANTHROPIC;
        }
        return bare.endsWith(":streamGenerateContent") ? GEMINI : GENERIC;
    }

    /**
     * {@return the dialect of a stream that begins with this block; empty if it holds no event, so that the next one
     * must be asked}
     *
     * @param block as {@link EventBlocks} gave it
     */
    public static Optional<Dialect> ofBlock(byte[] block) {
        return BlockEvent.of(block).map(Dialect::ofEvent);
    }

    private static Dialect ofEvent(BlockEvent event) {
        if (event.data().startsWith("[DONE]")) {
            return OPENAI_CHAT;
        }
        JsonNode json = DialectJson.read(event.data());
        String type = json.path("type").stringValue(event.name());
        if (type.startsWith("response.")) {
            return OPENAI_RESPONSES;
        }
        if (type.equals("error")) {
            return json.path("error").isObject() ? ANTHROPIC : json.has("type") ? OPENAI_RESPONSES : GENERIC;
        }
        if (type.equals("message_start") || type.equals("ping") || type.startsWith("content_block_")) {
            return ANTHROPIC;
        }
        if (json.has("candidates")
                || json.has("promptFeedback")
                || json.path("error").has("status")) {
            return GEMINI;
        }
        return json.path("choices").isArray() || json.has("error") ? OPENAI_CHAT : GENERIC;
    }

    /**
     * {@return whether an answer whose last event this is, is over in earnest}, be it by success or by an error. False
     * means that the upstream broke off. Of {@link #GENERIC} nothing is known: always true.
     *
     * @param block the last block that holds an event
     */
    public boolean completes(byte[] block) {
        return AnswerReader.completes(this, block);
    }

    /**
     * {@return the event by which this dialect tells an error in the middle of an answer}
     *
     * @param message for people; only its first line is told, up to 500 characters, so that no stack trace gets out
     * @param code for programs, such as {@link AnswerPart.Failure#INTERRUPTED}
     */
    public byte[] error(String message, String code) {
        String told = ErrorEvents.line(message);
        String name = ErrorEvents.line(code);
        return switch (this) {
            case OPENAI_CHAT -> ErrorEvents.chat(told, name);
            case OPENAI_RESPONSES -> ErrorEvents.responses(told, name);
            case ANTHROPIC -> ErrorEvents.anthropic(told, name);
            case GEMINI -> ErrorEvents.gemini(told, name);
            case GENERIC -> ErrorEvents.generic(told, name);
        };
    }

    DialectReading reading() {
        return switch (this) {
            case OPENAI_CHAT -> new ChatReading();
            case OPENAI_RESPONSES -> new ResponsesReading();
            case ANTHROPIC -> new AnthropicReading();
            case GEMINI -> new GeminiReading();
            case GENERIC -> new GenericReading();
        };
    }

    DeltaShape deltas() {
        return switch (this) {
            case OPENAI_CHAT -> DeltaShape.OPENAI_CHAT;
            case OPENAI_RESPONSES -> DeltaShape.OPENAI_RESPONSES;
            case ANTHROPIC -> DeltaShape.ANTHROPIC;
            case GEMINI -> DeltaShape.GEMINI;
            case GENERIC -> DeltaShape.NONE;
        };
    }
}
