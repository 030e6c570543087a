package io.tidewire.llm;

import static io.tidewire.llm.DialectJson.count;
import static io.tidewire.llm.DialectJson.text;

import io.tidewire.llm.AnswerPart.FinishReason;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Anthropic's messages. A content block's index is unique within the answer, so it is the block's id. */
final class AnthropicReading implements DialectReading {

    private final Map<String, Call> calls = new HashMap<>();
    private long inputTokens;
    private boolean stopped;

    @Override
    public void read(BlockEvent event, PartCollector parts) {
        JsonNode json = DialectJson.read(event.data());
        String index = json.path("index").asString("");
        String type = text(json.path("type"));
        switch (type.isEmpty() ? event.name() : type) {
            case "message_start" -> usage(json.path("message").path("usage"), parts);
            case "content_block_start" -> start(index, json.path("content_block"), parts);
            case "content_block_delta" -> delta(index, json.path("delta"), parts);
            case "content_block_stop" -> stop(index, parts);
            case "message_delta" -> {
                usage(json.path("usage"), parts);
                reason(text(json.path("delta").path("stop_reason")), parts);
            }
            case "message_stop" -> parts.done();
            case "error" -> parts.failure(json.path("error"));
            default -> parts.aside(event.name());
        }
    }

    @Override
    public boolean isCompleteWithoutTerminal() {
        return stopped;
    }

    private void start(String index, JsonNode block, PartCollector parts) {
        switch (text(block.path("type"))) {
            case "text" -> parts.text(index, text(block.path("text")));
            case "thinking" -> parts.reasoning(index, text(block.path("thinking")));
            case "tool_use" -> {
                String id = parts.startCall(text(block.path("id")), text(block.path("name")));
                // Usually {}, and the input follows in pieces; some give it here at once.
                JsonNode input = block.path("input");
                calls.put(index, new Call(id, input.isEmpty() ? "" : input.toString()));
            }
            default -> parts.aside(text(block.path("type")));
        }
    }

    private void delta(String index, JsonNode delta, PartCollector parts) {
        switch (text(delta.path("type"))) {
            case "text_delta" -> parts.text(index, text(delta.path("text")));
            case "thinking_delta" -> parts.reasoning(index, text(delta.path("thinking")));
            case "input_json_delta" -> {
                Call call = calls.get(index);
                String piece = text(delta.path("partial_json"));
                if (call != null && !piece.isEmpty()) {
                    parts.callArguments(call.id, piece);
                    calls.put(index, new Call(call.id, ""));
                }
            }
            default -> parts.aside(text(delta.path("type")));
        }
    }

    private void stop(String index, PartCollector parts) {
        parts.endBlock(index);
        Call call = calls.remove(index);
        if (call != null) {
            parts.callArguments(call.id, call.unsentInput);
            parts.endCall(call.id);
        }
    }

    /** The counts are cumulative; the parts from and to the cache are not in {@code input_tokens}. */
    private void usage(JsonNode usage, PartCollector parts) {
        long input = count(usage.path("input_tokens"))
                + count(usage.path("cache_read_input_tokens"))
                + count(usage.path("cache_creation_input_tokens"));
        inputTokens = Math.max(inputTokens, input);
        if (usage.isObject()) {
            parts.usage(inputTokens, count(usage.path("output_tokens")));
        }
    }

    private void reason(String why, PartCollector parts) {
        if (why.isEmpty()) {
            return;
        }
        stopped = true;
        parts.reason(
                switch (why) {
                    case "end_turn", "stop_sequence" -> FinishReason.STOP;
                    case "max_tokens", "model_context_window_exceeded" -> FinishReason.LENGTH;
                    case "tool_use" -> FinishReason.TOOL_CALLS;
                    case "refusal" -> FinishReason.CONTENT_FILTER;
                    default -> FinishReason.OTHER;
                });
    }

    /** A call, and input that came with its start and is to be told if no pieces come. */
    private record Call(String id, String unsentInput) {}
}
