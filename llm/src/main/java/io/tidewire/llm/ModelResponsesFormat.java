package io.tidewire.llm;

/**
 * OpenAI's responses: named events, numbered. Four come before the first token's, so the token at index i has the number i + 4; who
 * resumes after a number gets those above.
 */
final class ModelResponsesFormat implements ModelFormat {
    static final long EVENTS_BEFORE = 4;

    private final ModelSpeech speech;
    private final String item;

    ModelResponsesFormat(ModelSpeech speech) {
        this.speech = speech;
        item = "msg_standin_" + speech.id();
    }

    /** {@return the id by which an answer is asked for again} */
    static String id(long number) {
        return "resp_standin_" + number;
    }

    private String event(long number, String name, String rest) {
        return number <= speech.startingAfter()
                ? ""
                : "event: " + name + "\ndata: {\"type\":\"" + name + "\",\"sequence_number\":" + number + rest
                        + "}\n\n";
    }

    @Override
    public String begin() {
        String started = ",\"response\":" + response("in_progress", "[]", "null", "null");
        return event(0, "response.created", started)
                + event(1, "response.in_progress", started)
                + event(2, "response.output_item.added", ",\"output_index\":0,\"item\":" + message("in_progress", "[]"))
                + event(3, "response.content_part.added", place() + ",\"part\":" + part(""));
    }

    @Override
    public String token(int index, String text) {
        return event(
                EVENTS_BEFORE + index,
                "response.output_text.delta",
                place() + ",\"delta\":" + ModelJson.quoted(text) + ",\"logprobs\":[]");
    }

    @Override
    public String end() {
        long next = EVENTS_BEFORE + speech.count();
        String text = speech.text();
        String done = speech.isCutShort() ? "incomplete" : "completed";
        String message = message(done, "[" + part(text) + "]");
        return event(
                        next,
                        "response.output_text.done",
                        place() + ",\"text\":" + ModelJson.quoted(text) + ",\"logprobs\":[]")
                + event(next + 1, "response.content_part.done", place() + ",\"part\":" + part(text))
                + event(next + 2, "response.output_item.done", ",\"output_index\":0,\"item\":" + message)
                + event(next + 3, "response." + done, ",\"response\":" + whole());
    }

    @Override
    public String error(int tokens) {
        return event(
                EVENTS_BEFORE + tokens,
                "error",
                ",\"code\":\"server_error\",\"message\":" + ModelJson.quoted(ModelErrors.IN_MID_ANSWER)
                        + ",\"param\":null");
    }

    @Override
    public String whole() {
        String done = speech.isCutShort() ? "incomplete" : "completed";
        String usage = "{\"input_tokens\":" + speech.promptTokens() + ",\"input_tokens_details\":{\"cached_tokens\":0},"
                + "\"output_tokens\":" + speech.count()
                + ",\"output_tokens_details\":{\"reasoning_tokens\":0},\"total_tokens\":"
                + (speech.promptTokens() + speech.count()) + "}";
        return response(
                done,
                "[" + message(done, "[" + part(speech.text()) + "]") + "]",
                usage,
                speech.isCutShort() ? "{\"reason\":\"max_output_tokens\"}" : "null");
    }

    private String place() {
        return ",\"item_id\":\"" + item + "\",\"output_index\":0,\"content_index\":0";
    }

    private static String part(String text) {
        return "{\"type\":\"output_text\",\"text\":" + ModelJson.quoted(text) + ",\"annotations\":[],\"logprobs\":[]}";
    }

    private String message(String status, String content) {
        return "{\"id\":\"" + item + "\",\"type\":\"message\",\"status\":\"" + status
                + "\",\"role\":\"assistant\",\"content\":" + content + "}";
    }

    private String response(String status, String output, String usage, String incomplete) {
        return "{\"id\":\"" + id(speech.id()) + "\",\"object\":\"response\",\"created_at\":"
                + ModelSpeech.CREATED_SECONDS
                + ",\"status\":\"" + status + "\",\"error\":null,\"incomplete_details\":" + incomplete
                + ",\"instructions\":null,\"metadata\":{},\"model\":" + speech.model() + ",\"output\":" + output
                + ",\"parallel_tool_calls\":true,\"temperature\":1.0,\"tool_choice\":\"auto\",\"tools\":[],\"top_p\":1.0,\"usage\":"
                + usage + "}";
    }
}
