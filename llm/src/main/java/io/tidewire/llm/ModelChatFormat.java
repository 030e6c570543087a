package io.tidewire.llm;

/** OpenAI's chat completions: unnamed events, {@code [DONE]} at the end. */
final class ModelChatFormat implements ModelFormat {
    private final ModelSpeech speech;
    private final String chunkHead;
    private final String usageInChunks;

    ModelChatFormat(ModelSpeech speech) {
        this.speech = speech;
        chunkHead = "data: " + head("chat.completion.chunk");
        usageInChunks = speech.request().includeUsage() ? ",\"usage\":null" : "";
    }

    private String head(String object) {
        return "{\"id\":\"chatcmpl-standin-" + speech.id() + "\",\"object\":\"" + object + "\",\"created\":"
                + ModelSpeech.CREATED_SECONDS + ",\"model\":" + speech.model()
                + ",\"system_fingerprint\":\"fp_standin\",";
    }

    private String chunk(String delta, String finish) {
        return chunkHead + "\"choices\":[{\"index\":0,\"delta\":" + delta + ",\"logprobs\":null,\"finish_reason\":"
                + finish + "}]" + usageInChunks + "}\n\n";
    }

    @Override
    public String begin() {
        return chunk("{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}", "null");
    }

    @Override
    public String token(int index, String text) {
        return chunk("{\"content\":" + ModelJson.quoted(text) + "}", "null");
    }

    @Override
    public String end() {
        String usage =
                speech.request().includeUsage() ? chunkHead + "\"choices\":[],\"usage\":" + usage() + "}\n\n" : "";
        return chunk("{}", finish()) + usage + "data: [DONE]\n\n";
    }

    @Override
    public String error(int tokens) {
        return "data: " + ModelErrors.openAi(500, ModelErrors.IN_MID_ANSWER) + "\n\n";
    }

    @Override
    public String whole() {
        return head("chat.completion")
                + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"
                + ModelJson.quoted(speech.text())
                + ",\"refusal\":null,\"annotations\":[]},\"logprobs\":null,\"finish_reason\":"
                + finish() + "}],\"usage\":" + usage() + "}";
    }

    private String finish() {
        return speech.isCutShort() ? "\"length\"" : "\"stop\"";
    }

    private String usage() {
        return "{\"prompt_tokens\":" + speech.promptTokens() + ",\"completion_tokens\":" + speech.count()
                + ",\"total_tokens\":" + (speech.promptTokens() + speech.count()) + "}";
    }
}
