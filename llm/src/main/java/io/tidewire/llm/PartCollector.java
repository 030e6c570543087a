package io.tidewire.llm;

import io.tidewire.llm.AnswerPart.FinishReason;
import io.tidewire.llm.AnswerPart.Usage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Keeps the parts of one answer in order: what is begun is ended once, and nothing follows the end. Not thread safe. */
final class PartCollector {

    private final List<AnswerPart> parts = new ArrayList<>();
    private final Set<String> openBlocks = new LinkedHashSet<>();
    private final Set<String> openCalls = new LinkedHashSet<>();
    private final Set<String> callIds = new HashSet<>();
    private @Nullable FinishReason reason;
    private @Nullable Usage usage;
    private boolean ended;

    /** {@return the parts since the last call} */
    List<AnswerPart> take() {
        List<AnswerPart> taken = List.copyOf(parts);
        parts.clear();
        return taken;
    }

    boolean isEnded() {
        return ended;
    }

    boolean hasReason() {
        return reason != null;
    }

    boolean hasCalls() {
        return !callIds.isEmpty();
    }

    void text(String block, String text) {
        if (!text.isEmpty() && !ended) {
            openBlocks.add(block);
            parts.add(new AnswerPart.TextDelta(block, text));
        }
    }

    void reasoning(String block, String text) {
        if (!text.isEmpty() && !ended) {
            openBlocks.add(block);
            parts.add(new AnswerPart.ReasoningDelta(block, text));
        }
    }

    void endBlock(String block) {
        if (openBlocks.remove(block)) {
            parts.add(new AnswerPart.BlockEnd(block));
        }
    }

    /**
     * {@return the id under which the call goes on}
     *
     * @param id as given; one that is empty or taken is replaced, as some clones give none
     */
    String startCall(String id, String name) {
        String unique = id;
        for (int n = callIds.size(); unique.isEmpty() || callIds.contains(unique); n++) {
            unique = "call-" + n;
        }
        if (!ended) {
            callIds.add(unique);
            openCalls.add(unique);
            parts.add(new AnswerPart.ToolCallStart(unique, name));
        }
        return unique;
    }

    void callArguments(String id, String arguments) {
        if (!arguments.isEmpty() && openCalls.contains(id)) {
            parts.add(new AnswerPart.ToolCallDelta(id, arguments));
        }
    }

    void endCall(String id) {
        if (openCalls.remove(id)) {
            parts.add(new AnswerPart.ToolCallEnd(id));
        }
    }

    /** Kept until the end, as the usage often comes after it. */
    void reason(FinishReason why) {
        reason = why;
    }

    void usage(long inputTokens, long outputTokens) {
        usage = new Usage(inputTokens, outputTokens);
    }

    void done() {
        if (ended) {
            return;
        }
        endBlocks();
        List.copyOf(openCalls).forEach(this::endCall);
        FinishReason why = reason;
        parts.add(new AnswerPart.Finish(why == null ? FinishReason.OTHER : why, usage));
        parts.add(new AnswerPart.Done());
        ended = true;
    }

    void failure(String message, String code) {
        if (ended) {
            return;
        }
        endBlocks();
        openCalls.clear(); // cut: their arguments must not look complete
        String told = message.isEmpty() ? "the upstream reported an error" : message;
        parts.add(new AnswerPart.Failure(told, code.isEmpty() ? "error" : code));
        ended = true;
    }

    /** A failure told by an error object, or by a plain string as some clones do. */
    void failure(JsonNode error) {
        String code = error.path("code").asString("");
        String type = DialectJson.text(error.path("type"));
        String message = error.isString() ? error.stringValue() : DialectJson.text(error.path("message"));
        failure(message, code.isEmpty() ? type : code);
    }

    void aside(String what) {
        parts.add(new AnswerPart.Aside(what));
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    private void endBlocks() {
        List.copyOf(openBlocks).forEach(this::endBlock);
    }
}
