package io.tidewire.app.faults;

import java.util.ArrayList;
import java.util.List;

/** What came of a run, line by line, and whether all is well. */
final class Summary {
    private final List<String> lines = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();

    void line(String name, Object value) {
        lines.add(String.format("  %-28s %s", name, value));
    }

    /** A count that must be zero. */
    void none(String name, long count) {
        line(name, String.format("%,d", count));
        if (count != 0) {
            faults.add(name + ": " + count + " (expected: 0)");
        }
    }

    void text(String text) {
        lines.add(text);
    }

    void fault(String sentence) {
        faults.add(sentence);
    }

    boolean isClean() {
        return faults.isEmpty();
    }

    @Override
    public String toString() {
        String verdict =
                isClean() ? "OK: nothing lost, twice or out of order" : "FAULTY:\n  " + String.join("\n  ", faults);
        return String.join("\n", lines) + "\n" + verdict;
    }
}
