package io.tidewire.llm;

import static io.tidewire.llm.DialectJson.count;
import static io.tidewire.llm.DialectJson.text;

import io.tidewire.llm.AnswerPart.FinishReason;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * OpenAI's chat completions, and what its clones add: {@code reasoning_content} and {@code reasoning} (DeepSeek, vLLM,
 * OpenRouter), content as a list of parts (Mistral), calls without ids, a {@code text} of the older completions.
 */
final class ChatReading implements DialectReading {

    // Where the older function_call stands among the calls, which count from 0.
    private static final long FUNCTION_CALL = -1;

    private final Map<Long, Choice> choices = new HashMap<>();
    private boolean sawLastUsage;

    @Override
    public void read(BlockEvent event, PartCollector parts) {
        if (event.data().startsWith("[DONE]")) {
            parts.done();
            return;
        }
        JsonNode json = DialectJson.read(event.data());
        JsonNode error = json.path("error");
        if (error.isObject() || error.isString()) {
            parts.failure(error);
            return;
        }
        JsonNode usage = json.path("usage");
        if (usage.isObject()) {
            parts.usage(count(usage.path("prompt_tokens")), count(usage.path("completion_tokens")));
            sawLastUsage |= json.path("choices").isEmpty();
        }
        for (JsonNode choice : json.path("choices")) {
            long index = count(choice.path("index"));
            choices.computeIfAbsent(index, Choice::new).read(choice, parts);
        }
    }

    @Override
    public boolean isCompleteWithoutTerminal() {
        return sawLastUsage || choices.values().stream().anyMatch(choice -> choice.finished);
    }

    private static final class Choice {
        private final long index;
        private final TextRuns runs;
        private final Map<Long, Call> calls = new HashMap<>();
        private boolean finished;

        Choice(long index) {
            this.index = index;
            this.runs = new TextRuns(index);
        }

        void read(JsonNode choice, PartCollector parts) {
            JsonNode delta = choice.path("delta");
            String thought = text(delta.path("reasoning_content"));
            runs.reasoning(thought.isEmpty() ? text(delta.path("reasoning")) : thought, parts);
            content(delta.path("content"), parts);
            runs.text(text(delta.path("refusal")), parts);
            runs.text(text(choice.path("text")), parts);
            for (JsonNode call : delta.path("tool_calls")) {
                call(count(call.path("index")), call.path("id"), call.path("function"), parts);
            }
            if (delta.path("function_call").isObject()) {
                call(FUNCTION_CALL, delta.path("id"), delta.path("function_call"), parts);
            }
            if (choice.path("finish_reason").isString()) {
                finish(choice.path("finish_reason").stringValue(), parts);
            }
        }

        private void content(JsonNode content, PartCollector parts) {
            runs.text(text(content), parts);
            if (content.isArray()) {
                for (JsonNode part : content) {
                    runs.text(text(part.path("text")), parts);
                    for (JsonNode thought : part.path("thinking")) {
                        runs.reasoning(text(thought.path("text")), parts);
                    }
                }
            }
        }

        private void call(long position, JsonNode id, JsonNode function, PartCollector parts) {
            String givenId = text(id);
            String name = text(function.path("name"));
            Call call = calls.get(position);
            // Gemini's clone puts every call at 0, each with its name; vLLM has repeated ids with each piece.
            if (call == null || (!name.isEmpty() && !givenId.isEmpty() && !givenId.equals(call.givenId))) {
                runs.end(parts);
                endCall(call, parts);
                call = new Call(givenId, parts.startCall(givenId, name));
                calls.put(position, call);
            }
            JsonNode arguments = function.path("arguments");
            // An object where text belongs: some clones do.
            parts.callArguments(call.id, arguments.isObject() ? arguments.toString() : text(arguments));
        }

        private void finish(String why, PartCollector parts) {
            finished = true;
            runs.end(parts);
            calls.values().forEach(call -> endCall(call, parts));
            // With several choices the first one speaks for the answer.
            if (index == 0 || !parts.hasReason()) {
                parts.reason(reason(why));
            }
        }

        private static void endCall(@Nullable Call call, PartCollector parts) {
            if (call != null) {
                parts.endCall(call.id);
            }
        }

        private static FinishReason reason(String why) {
            return switch (why) {
                case "stop" -> FinishReason.STOP;
                case "length" -> FinishReason.LENGTH;
                case "tool_calls", "function_call" -> FinishReason.TOOL_CALLS;
                case "content_filter" -> FinishReason.CONTENT_FILTER;
                default -> FinishReason.OTHER;
            };
        }
    }

    /** A call, by the id that the upstream gave and the one that we use. */
    private record Call(String givenId, String id) {}
}
