package io.tidewire.llm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a client has in the end: texts, reasoning and calls, each by its id, and the end. */
final class Assembled implements AnswerPart.Visitor {
    final Map<String, String> texts = new LinkedHashMap<>();
    final Map<String, String> reasoning = new LinkedHashMap<>();
    final Map<String, String> calls = new LinkedHashMap<>();
    final List<AnswerPart> end = new ArrayList<>();

    static Assembled of(List<AnswerPart> parts) {
        var assembled = new Assembled();
        parts.forEach(part -> part.accept(assembled));
        return assembled;
    }

    static Assembled of(Sample sample) {
        return of(sample.parts());
    }

    String all() {
        return texts + "\n" + reasoning + "\n" + calls + "\n" + end;
    }

    @Override
    public void text(AnswerPart.TextDelta part) {
        texts.merge(part.block(), part.text(), String::concat);
    }

    @Override
    public void reasoning(AnswerPart.ReasoningDelta part) {
        reasoning.merge(part.block(), part.text(), String::concat);
    }

    @Override
    public void blockEnd(AnswerPart.BlockEnd part) {
        // A text that goes on after its end is another one: this makes it visible.
        texts.computeIfPresent(part.block(), (id, text) -> text + "|");
        reasoning.computeIfPresent(part.block(), (id, text) -> text + "|");
    }

    @Override
    public void toolCallStart(AnswerPart.ToolCallStart part) {
        calls.put(part.id(), part.name() + " ");
    }

    @Override
    public void toolCallDelta(AnswerPart.ToolCallDelta part) {
        calls.merge(part.id(), part.arguments(), String::concat);
    }

    @Override
    public void toolCallEnd(AnswerPart.ToolCallEnd part) {
        calls.merge(part.id(), "|", String::concat);
    }

    @Override
    public void finish(AnswerPart.Finish part) {
        end.add(part);
    }

    @Override
    public void failure(AnswerPart.Failure part) {
        end.add(part);
    }

    @Override
    public void done(AnswerPart.Done part) {
        end.add(part);
    }

    @Override
    public void aside(AnswerPart.Aside part) {
        // Nothing to keep.
    }
}
