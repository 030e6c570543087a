package io.tidewire.llm;

/** Anthropic's messages: named events whose data repeats the name. */
final class ModelMessagesFormat implements ModelFormat {
    private final ModelSpeech speech;

    ModelMessagesFormat(ModelSpeech speech) {
        this.speech = speech;
    }

    private static String event(String name, String rest) {
        return "event: " + name + "\ndata: {\"type\":\"" + name + "\"" + rest + "}\n\n";
    }

    @Override
    public String begin() {
        return event("message_start", ",\"message\":" + message("[]", "null", 1))
                + event("content_block_start", ",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}")
                + event("ping", "");
    }

    @Override
    public String token(int index, String text) {
        return event(
                "content_block_delta",
                ",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":" + ModelJson.quoted(text) + "}");
    }

    @Override
    public String end() {
        return event("content_block_stop", ",\"index\":0")
                + event(
                        "message_delta",
                        ",\"delta\":{\"stop_reason\":" + stopReason()
                                + ",\"stop_sequence\":null},\"usage\":{\"output_tokens\":" + speech.count() + "}")
                + event("message_stop", "");
    }

    @Override
    public String error(int tokens) {
        return event(
                "error",
                ",\"error\":{\"type\":\"overloaded_error\",\"message\":" + ModelJson.quoted(ModelErrors.IN_MID_ANSWER)
                        + "}");
    }

    @Override
    public String whole() {
        return message(
                "[{\"type\":\"text\",\"text\":" + ModelJson.quoted(speech.text()) + "}]", stopReason(), speech.count());
    }

    private String message(String content, String stopReason, int outputTokens) {
        return "{\"id\":\"msg_standin_" + speech.id() + "\",\"type\":\"message\",\"role\":\"assistant\",\"model\":"
                + speech.model()
                + ",\"content\":" + content + ",\"stop_reason\":" + stopReason
                + ",\"stop_sequence\":null,\"usage\":{\"input_tokens\":" + speech.promptTokens() + ",\"output_tokens\":"
                + outputTokens + "}}";
    }

    private String stopReason() {
        return speech.isCutShort() ? "\"max_tokens\"" : "\"end_turn\"";
    }
}
