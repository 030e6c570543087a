package io.tidewire.llm;

import java.util.Locale;

/**
 * What goes wrong in an answer of the stand-in.
 *
 * @param kind what
 * @param at after how many tokens, or for {@code STATUS} the HTTP status
 */
record ModelFault(Kind kind, int at) {
    static final ModelFault NONE = new ModelFault(Kind.NONE, 0);

    enum Kind {
        NONE,
        /** The connection is cut. */
        CUT,
        /** The dialect's error event ends the answer. */
        ERROR,
        /** Nothing more is said, until {@link ModelStandIn#release}. */
        STALL,
        /** An event is no JSON; the answer goes on. */
        GARBAGE,
        /** The answer is an error status. */
        STATUS,
        /** The head comes only with the first token. */
        SLOW_HEAD
    }

    /** {@return the fault of that name: cut@20, status=529, slow-head} */
    static ModelFault parse(String text) {
        String name = text.strip().toLowerCase(Locale.ROOT);
        try {
            if (name.equals("none")) {
                return NONE;
            }
            if (name.equals("slow-head")) {
                return new ModelFault(Kind.SLOW_HEAD, 0);
            }
            int sign = Math.max(name.indexOf('@'), name.indexOf('='));
            int at = Integer.parseInt(name.substring(sign + 1));
            if (sign < 0 || name.startsWith("status")) {
                return status(text, at);
            }
            if (at >= 0) {
                return new ModelFault(kind(name.substring(0, sign)), at);
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw unknown(text);
    }

    private static Kind kind(String name) {
        return switch (name) {
            case "cut" -> Kind.CUT;
            case "error" -> Kind.ERROR;
            case "stall" -> Kind.STALL;
            case "garbage" -> Kind.GARBAGE;
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static ModelFault status(String text, int code) {
        if (code < 400 || code > 599) {
            throw unknown(text);
        }
        return new ModelFault(Kind.STATUS, code);
    }

    private static IllegalArgumentException unknown(String text) {
        return new IllegalArgumentException("fault: " + text
                + " (expected: cut@N, error@N, stall@N, garbage@N, a status from 400 to 599, or slow-head)");
    }
}
