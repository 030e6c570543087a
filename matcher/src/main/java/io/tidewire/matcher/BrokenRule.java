package io.tidewire.matcher;

/** Inside the parsers: the rule that a pattern breaks. It leaves the module as an {@link IllegalArgumentException}. */
final class BrokenRule extends RuntimeException {

    private final boolean tooBig;

    BrokenRule(String rule) {
        this(rule, false);
    }

    private BrokenRule(String rule, boolean tooBig) {
        super(rule, null, false, false); // control flow: nobody reads the trace
        this.tooBig = tooBig;
    }

    /** {@return the rule of a pattern that is well-formed, but over a limit} */
    static BrokenRule limit(String rule) {
        return new BrokenRule(rule, true);
    }

    boolean isLimit() {
        return tooBig;
    }

    IllegalArgumentException of(String pattern) {
        return TopicText.malformed("match", pattern, String.valueOf(getMessage()));
    }
}
