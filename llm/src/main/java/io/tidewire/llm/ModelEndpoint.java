package io.tidewire.llm;

import java.util.Optional;
import java.util.stream.Stream;

/** The ways to ask the stand-in for an answer. */
enum ModelEndpoint {
    /** OpenAI's chat completions. */
    CHAT("/v1/chat/completions") {
        @Override
        ModelFormat format(ModelSpeech speech) {
            return new ModelChatFormat(speech);
        }
    },
    /** OpenAI's responses. */
    RESPONSES("/v1/responses") {
        @Override
        ModelFormat format(ModelSpeech speech) {
            return new ModelResponsesFormat(speech);
        }
    },
    /** Anthropic's messages. */
    MESSAGES("/v1/messages") {
        @Override
        ModelFormat format(ModelSpeech speech) {
            return new ModelMessagesFormat(speech);
        }
    },
    /** Events without a name whose data is the text. */
    GENERIC("/v1/generic") {
        @Override
        ModelFormat format(ModelSpeech speech) {
            return new ModelGenericFormat(speech);
        }
    };

    private final String path;

    ModelEndpoint(String path) {
        this.path = path;
    }

    abstract ModelFormat format(ModelSpeech speech);

    static Optional<ModelEndpoint> of(String path) {
        return Stream.of(values()).filter(each -> each.path.equals(path)).findFirst();
    }

    /** {@return the body of an error answer} */
    String error(int status, String message) {
        return this == MESSAGES ? ModelErrors.anthropic(status, message) : ModelErrors.openAi(status, message);
    }
}
