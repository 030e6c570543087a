package io.tidewire.llm;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One step of a model's answer, the same for every {@link Dialect}. Immutable.
 *
 * <p>A text or a run of reasoning is a block with an id of its own: its deltas, then its end; blocks of different ids may
 * be interleaved. A tool call is a start, the pieces of its arguments (JSON text), and an end. An answer ends with
 * {@link Finish} and {@link Done}, or with {@link Failure}. By then everything begun has been ended, but for tool calls
 * that a failure cut.
 */
public sealed interface AnswerPart {

    /** Calls the method of this kind. */
    void accept(Visitor visitor);

    /** A method for each kind of part. */
    interface Visitor {
        /** More text of the answer. */
        void text(TextDelta part);

        /** More of what the model thinks. */
        void reasoning(ReasoningDelta part);

        /** A text or reasoning is complete. */
        void blockEnd(BlockEnd part);

        /** A tool is being called. */
        void toolCallStart(ToolCallStart part);

        /** More of a call's arguments. */
        void toolCallDelta(ToolCallDelta part);

        /** A call's arguments are complete. */
        void toolCallEnd(ToolCallEnd part);

        /** The model stopped, and why. */
        void finish(Finish part);

        /** The answer failed; nothing follows. */
        void failure(Failure part);

        /** The answer is complete; nothing follows. */
        void done(Done part);

        /** Nothing that needs to be shown. */
        void aside(Aside part);
    }

    /**
     * More text of the answer, refusals included.
     *
     * @param block which text, unique within the answer
     * @param text not empty; may begin or end within a surrogate pair, as upstreams cut where they like
     */
    record TextDelta(String block, String text) implements AnswerPart {
        @Override
        public void accept(Visitor visitor) {
            visitor.text(this);
        }
    }

    /**
     * More of what the model thinks.
     *
     * @param block which run of reasoning, unique within the answer
     * @param text not empty
     */
    record ReasoningDelta(String block, String text) implements AnswerPart {
        @Override
        public void accept(Visitor visitor) {
            visitor.reasoning(this);
        }
    }

    /**
     * A text or reasoning is complete.
     *
     * @param block whose deltas came before
     */
    record BlockEnd(String block) implements AnswerPart {
        @Override
        public void accept(Visitor visitor) {
            visitor.blockEnd(this);
        }
    }

    /**
     * The model calls a tool of the caller's. Tools that run at the upstream are {@link Aside}s.
     *
     * @param id of the call, unique within the answer
     * @param name of the tool
     */
    record ToolCallStart(String id, String name) implements AnswerPart {
        @Override
        public void accept(Visitor visitor) {
            visitor.toolCallStart(this);
        }
    }

    /**
     * More of a call's arguments.
     *
     * @param id of the call
     * @param arguments a piece of JSON text, not empty
     */
    record ToolCallDelta(String id, String arguments) implements AnswerPart {
        @Override
        public void accept(Visitor visitor) {
            visitor.toolCallDelta(this);
        }
    }

    /**
     * A call's arguments are complete.
     *
     * @param id of the call
     */
    record ToolCallEnd(String id) implements AnswerPart {
        @Override
        public void accept(Visitor visitor) {
            visitor.toolCallEnd(this);
        }
    }

    /**
     * The model stopped.
     *
     * @param reason why
     * @param usage what it counted; null if it did not say
     */
    record Finish(FinishReason reason, @Nullable Usage usage) implements AnswerPart {
        @Override
        public void accept(Visitor visitor) {
            visitor.finish(this);
        }
    }

    /**
     * The answer failed in the middle.
     *
     * @param message for people, as the upstream gave it
     * @param code for programs; the upstream's own, or one of the constants here
     */
    record Failure(String message, String code) implements AnswerPart {

        /** The upstream's stream ended before its answer did. */
        public static final String INTERRUPTED = "interrupted";

        /** The user asked for the end. */
        public static final String STOPPED = "stopped";

        /** Checks that nothing is null. */
        public Failure {
            Objects.requireNonNull(message, "message");
            Objects.requireNonNull(code, "code");
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.failure(this);
        }
    }

    /** The answer is complete. */
    record Done() implements AnswerPart {
        @Override
        public void accept(Visitor visitor) {
            visitor.done(this);
        }
    }

    /**
     * What needs not be shown: a ping, a comment, an event or field that is not modelled, or anything after the end.
     *
     * @param what the event's name or kind, for logs
     */
    record Aside(String what) implements AnswerPart {
        @Override
        public void accept(Visitor visitor) {
            visitor.aside(this);
        }
    }

    /** Why a model stopped. */
    enum FinishReason {
        /** It had said all, or met a stop sequence. */
        STOP,
        /** It reached the limit of tokens. */
        LENGTH,
        /** It waits for the results of tools. */
        TOOL_CALLS,
        /** A filter or the model itself refused. */
        CONTENT_FILTER,
        /** Anything else. */
        OTHER
    }

    /**
     * Tokens counted by the upstream, everything included: what came from a cache, what was thought.
     *
     * @param inputTokens of the request, 0 or more
     * @param outputTokens of the answer, 0 or more
     */
    record Usage(long inputTokens, long outputTokens) {
        /**
         * Checks the counts.
         *
         * @throws IllegalArgumentException if one is negative
         */
        public Usage {
            if (inputTokens < 0) {
                throw new IllegalArgumentException("inputTokens: " + inputTokens + " (expected: 0 or more)");
            }
            if (outputTokens < 0) {
                throw new IllegalArgumentException("outputTokens: " + outputTokens + " (expected: 0 or more)");
            }
        }
    }
}
