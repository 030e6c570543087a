package io.tidewire.llm;

/**
 * What is to be said, in whatever dialect.
 *
 * @param id the answer's number
 * @param request what was asked
 * @param tokens the text
 * @param count how many tokens
 * @param startingAfter for {@code responses}: events up to this sequence number are left out; else -1
 */
record ModelSpeech(long id, ModelRequest request, ModelTokens tokens, int count, long startingAfter) {
    /** Answers do not depend on the clock. */
    static final long CREATED_SECONDS = 1_767_225_600; // 2026-01-01

    ModelSpeech after(long sequenceNumber) {
        return new ModelSpeech(id, request, tokens, count, sequenceNumber);
    }

    String text() {
        return tokens.text(count);
    }

    /** {@return whether the request's limit ended it, not the text} */
    boolean isCutShort() {
        return request.limit().isPresent();
    }

    int promptTokens() {
        return request.prompt().isBlank() ? 0 : request.prompt().strip().split("\\s+").length;
    }

    String model() {
        return ModelJson.quoted(request.model());
    }
}
