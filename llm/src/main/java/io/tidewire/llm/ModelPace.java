package io.tidewire.llm;

import java.time.Duration;

/**
 * How an answer is spoken.
 *
 * @param rate tokens per second; 0 is as fast as they are read
 * @param tokens how many, unless the request says how many at most
 * @param first how long before the first
 * @param fault what goes wrong
 */
record ModelPace(double rate, int tokens, Duration first, ModelFault fault) {
    /** As many as any real model says at once. */
    static final int MOST_TOKENS = 1_000_000;

    private static final double MOST_RATE = 1_000_000;
    private static final Duration LONGEST_FIRST = Duration.ofHours(1);

    ModelPace {
        if (!(rate >= 0 && rate <= MOST_RATE)) {
            throw new IllegalArgumentException("rate: " + rate + " (expected: 0 to 1000000 tokens per second)");
        }
        if (tokens < 1 || tokens > MOST_TOKENS) {
            throw new IllegalArgumentException("tokens: " + tokens + " (expected: 1 to " + MOST_TOKENS + ")");
        }
        if (first.isNegative() || first.compareTo(LONGEST_FIRST) > 0) {
            throw new IllegalArgumentException("first: " + first + " (expected: a time of at most 1 h)");
        }
    }

    /** {@return this, changed by settings in one line: rate=50; tokens=300; first=500ms; fault=cut@20} */
    ModelPace with(String line) {
        ModelPace changed = this;
        for (String setting : line.split("[;,&]")) {
            if (!setting.isBlank()) {
                int sign = setting.indexOf('=');
                changed = sign < 0
                        ? changed.with("fault", setting.strip())
                        : changed.with(
                                setting.substring(0, sign).strip(),
                                setting.substring(sign + 1).strip());
            }
        }
        return changed;
    }

    /** {@return this with another value for that name} */
    ModelPace with(String name, String value) {
        return switch (name) {
            case "rate" -> new ModelPace(number(name, value), tokens, first, fault);
            case "tokens" -> withTokens((int) Math.min(Integer.MAX_VALUE, (long) number(name, value)));
            case "first" -> new ModelPace(rate, tokens, time(value), fault);
            case "fault" -> new ModelPace(rate, tokens, first, ModelFault.parse(value));
            case "status" -> new ModelPace(rate, tokens, first, ModelFault.parse("status=" + value));
            default ->
                throw new IllegalArgumentException(
                        "x-stand-in: " + name + " (expected: rate, tokens, first, fault or status)");
        };
    }

    ModelPace withTokens(int count) {
        return new ModelPace(rate, count, first, fault);
    }

    private static double number(String name, String value) {
        if (!value.matches("\\d{1,9}(\\.\\d{1,6})?")) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: a number)");
        }
        return Double.parseDouble(value);
    }

    private static Duration time(String value) {
        if (value.matches("\\d{1,7}ms")) {
            return Duration.ofMillis(Long.parseLong(value.substring(0, value.length() - 2)));
        }
        if (value.matches("\\d{1,4}s")) {
            return Duration.ofSeconds(Long.parseLong(value.substring(0, value.length() - 1)));
        }
        throw new IllegalArgumentException("first: " + value + " (expected: a time, as in 500ms or 2s)");
    }
}
