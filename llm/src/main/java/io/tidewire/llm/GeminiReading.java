package io.tidewire.llm;

import static io.tidewire.llm.DialectJson.count;
import static io.tidewire.llm.DialectJson.text;

import io.tidewire.llm.AnswerPart.FinishReason;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Gemini's {@code ?alt=sse}: whole responses that continue each other, and no event for the end. */
final class GeminiReading implements DialectReading {

    private final Map<Long, TextRuns> candidates = new HashMap<>();
    private boolean finished;

    @Override
    public void read(BlockEvent event, PartCollector parts) {
        JsonNode json = DialectJson.read(event.data());
        JsonNode error = json.path("error");
        if (error.isObject()) {
            String status = text(error.path("status"));
            parts.failure(
                    text(error.path("message")),
                    status.isEmpty() ? error.path("code").asString("") : status);
            return;
        }
        JsonNode usage = json.path("usageMetadata");
        if (usage.isObject()) {
            long output = count(usage.path("candidatesTokenCount")) + count(usage.path("thoughtsTokenCount"));
            parts.usage(count(usage.path("promptTokenCount")), output);
        }
        if (json.path("promptFeedback").path("blockReason").isString()) {
            finished = true;
            parts.reason(FinishReason.CONTENT_FILTER);
        }
        for (JsonNode candidate : json.path("candidates")) {
            candidate(candidate, parts);
        }
    }

    @Override
    public boolean isCompleteWithoutTerminal() {
        return finished;
    }

    private void candidate(JsonNode candidate, PartCollector parts) {
        long index = count(candidate.path("index"));
        TextRuns runs = candidates.computeIfAbsent(index, TextRuns::new);
        for (JsonNode part : candidate.path("content").path("parts")) {
            if (part.path("functionCall").isObject()) {
                runs.end(parts);
                call(part.path("functionCall"), parts);
            } else if (part.path("thought").asBoolean(false)) {
                runs.reasoning(text(part.path("text")), parts);
            } else {
                runs.text(text(part.path("text")), parts);
            }
        }
        if (candidate.path("finishReason").isString()) {
            finished = true;
            runs.end(parts);
            if (index == 0 || !parts.hasReason()) {
                parts.reason(reason(candidate.path("finishReason").stringValue(), parts));
            }
        }
    }

    private static void call(JsonNode call, PartCollector parts) {
        String id = parts.startCall(text(call.path("id")), text(call.path("name")));
        JsonNode args = call.path("args");
        parts.callArguments(id, args.isObject() ? args.toString() : "{}");
        parts.endCall(id);
    }

    private static FinishReason reason(String why, PartCollector parts) {
        return switch (why) {
            case "STOP" -> parts.hasCalls() ? FinishReason.TOOL_CALLS : FinishReason.STOP;
            case "MAX_TOKENS" -> FinishReason.LENGTH;
            case "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII" -> FinishReason.CONTENT_FILTER;
            default -> FinishReason.OTHER;
        };
    }
}
