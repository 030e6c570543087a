package io.tidewire.llm;

/**
 * Gives ids to the texts of one choice, in dialects that do not mark where a text begins and ends: a run goes on until
 * something else comes. Not thread safe.
 */
final class TextRuns {

    private enum Kind {
        NONE,
        TEXT,
        REASONING
    }

    private final long choice;
    private Kind kind = Kind.NONE;
    private int runs;
    private String block = "";

    TextRuns(long choice) {
        this.choice = choice;
    }

    void text(String text, PartCollector parts) {
        if (!text.isEmpty()) {
            parts.text(run(Kind.TEXT, parts), text);
        }
    }

    void reasoning(String text, PartCollector parts) {
        if (!text.isEmpty()) {
            parts.reasoning(run(Kind.REASONING, parts), text);
        }
    }

    void end(PartCollector parts) {
        parts.endBlock(block);
        kind = Kind.NONE;
    }

    private String run(Kind wanted, PartCollector parts) {
        if (kind != wanted) {
            end(parts);
            kind = wanted;
            block = choice + "." + runs++;
        }
        return block;
    }
}
