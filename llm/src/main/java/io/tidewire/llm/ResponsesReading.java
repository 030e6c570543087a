package io.tidewire.llm;

import static io.tidewire.llm.DialectJson.count;
import static io.tidewire.llm.DialectJson.text;

import io.tidewire.llm.AnswerPart.FinishReason;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * OpenAI's responses. Of the outputs, messages, reasoning and calls of the caller's functions are modelled; tools that
 * run at the upstream (searches, interpreters, images, MCP) are passed over.
 */
final class ResponsesReading implements DialectReading {

    // By item id.
    private final Map<String, Call> calls = new HashMap<>();

    @Override
    public void read(BlockEvent event, PartCollector parts) {
        JsonNode json = DialectJson.read(event.data());
        String type = text(json.path("type"));
        switch (type.isEmpty() ? event.name() : type) {
            case "response.output_text.delta", "response.refusal.delta" ->
                parts.text(block(json, "content_index"), text(json.path("delta")));
            case "response.output_text.done", "response.refusal.done", "response.content_part.done" ->
                parts.endBlock(block(json, "content_index"));
            case "response.reasoning_text.delta" ->
                parts.reasoning(block(json, "content_index"), text(json.path("delta")));
            case "response.reasoning_text.done" -> parts.endBlock(block(json, "content_index"));
            case "response.reasoning_summary_text.delta" ->
                parts.reasoning(block(json, "summary_index"), text(json.path("delta")));
            case "response.reasoning_summary_text.done", "response.reasoning_summary_part.done" ->
                parts.endBlock(block(json, "summary_index"));
            case "response.output_item.added" -> itemAdded(json.path("item"), parts);
            case "response.function_call_arguments.delta" -> arguments(json, parts);
            case "response.function_call_arguments.done" ->
                callDone(text(json.path("item_id")), text(json.path("arguments")), parts);
            case "response.output_item.done" ->
                callDone(
                        text(json.path("item").path("id")),
                        text(json.path("item").path("arguments")),
                        parts);
            case "response.completed" -> completed(json.path("response"), parts);
            case "response.incomplete" -> incomplete(json.path("response"), parts);
            case "response.failed" -> parts.failure(json.path("response").path("error"));
            case "error" -> parts.failure(json.path("error").isObject() ? json.path("error") : flat(json));
            default -> other(event, json, parts);
        }
    }

    @Override
    public boolean isCompleteWithoutTerminal() {
        return false;
    }

    private static void other(BlockEvent event, JsonNode json, PartCollector parts) {
        if (json.path("error").isObject() && json.path("type").isMissingNode()) {
            parts.failure(json.path("error"));
        } else {
            parts.aside(event.name());
        }
    }

    /** The error event has its message and code beside its type, which is only "error". */
    private static JsonNode flat(JsonNode event) {
        return DialectJson.object()
                .put("message", text(event.path("message")))
                .put("code", event.path("code").asString(""));
    }

    /** {@return an id of the text: item and index; the name of the index keeps summaries and texts apart} */
    private static String block(JsonNode json, String index) {
        return text(json.path("item_id")) + "." + index.charAt(0) + count(json.path(index));
    }

    private void itemAdded(JsonNode item, PartCollector parts) {
        if (text(item.path("type")).equals("function_call")) {
            String id = parts.startCall(text(item.path("call_id")), text(item.path("name")));
            calls.put(text(item.path("id")), new Call(id, false));
        } else {
            parts.aside("response.output_item.added");
        }
    }

    private void arguments(JsonNode json, PartCollector parts) {
        String itemId = text(json.path("item_id"));
        Call call = calls.get(itemId);
        String delta = text(json.path("delta"));
        if (call != null && !delta.isEmpty()) {
            parts.callArguments(call.id, delta);
            calls.put(itemId, new Call(call.id, true));
        }
    }

    private void callDone(String itemId, String arguments, PartCollector parts) {
        Call call = calls.remove(itemId);
        if (call != null) {
            parts.callArguments(call.id, call.hasDeltas ? "" : arguments);
            parts.endCall(call.id);
        }
    }

    private static void completed(JsonNode response, PartCollector parts) {
        parts.reason(parts.hasCalls() ? FinishReason.TOOL_CALLS : FinishReason.STOP);
        end(response, parts);
    }

    private static void incomplete(JsonNode response, PartCollector parts) {
        String why = text(response.path("incomplete_details").path("reason"));
        parts.reason(
                switch (why) {
                    case "max_output_tokens" -> FinishReason.LENGTH;
                    case "content_filter" -> FinishReason.CONTENT_FILTER;
                    default -> FinishReason.OTHER;
                });
        end(response, parts);
    }

    private static void end(JsonNode response, PartCollector parts) {
        JsonNode usage = response.path("usage");
        if (usage.isObject()) {
            parts.usage(count(usage.path("input_tokens")), count(usage.path("output_tokens")));
        }
        parts.done();
    }

    /** A call, and whether pieces of its arguments came; if not, its end has them all. */
    private record Call(String id, boolean hasDeltas) {}
}
