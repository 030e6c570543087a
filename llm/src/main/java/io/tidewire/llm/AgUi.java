package io.tidewire.llm;

import io.tidewire.llm.AnswerPart.Usage;
import io.tidewire.sse.EventEncoder;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells an answer as a run of the Agent User Interaction protocol (AG-UI 1.0), in its Server-Sent Events form.
 *
 * <p>Each text is a message, each run of reasoning a reasoning message in a span of its own, and each tool call belongs
 * to the last text before it, if any. An answer that the user stopped is a run finished as {@code cancelled}; one that
 * failed, a {@code RUN_ERROR}.
 *
 * <p>Spec: docs.ag-ui.com, "Events".
 */
public final class AgUi implements AnswerEncoder {

    /** Media type of the answer. */
    public static final String CONTENT_TYPE = "text/event-stream";

    private static final byte[] NOTHING = {};

    private final String threadId;
    private final String runId;
    private final Events events = new Events();
    private boolean begun;

    /**
     * A run before its first event.
     *
     * @param threadId the conversation's
     * @param runId the answer's, the same each time it is told; ids of messages begin with it
     */
    public AgUi(String threadId, String runId) {
        this.threadId = Objects.requireNonNull(threadId, "threadId");
        this.runId = Objects.requireNonNull(runId, "runId");
    }

    @Override
    public byte[] begin() {
        events.begin();
        return events.take();
    }

    @Override
    public byte[] add(AnswerPart part) {
        part.accept(events);
        return events.take();
    }

    private enum Kind {
        TEXT,
        REASONING
    }

    private final class Events implements AnswerPart.Visitor {
        private final EventEncoder encoder = new EventEncoder();
        private final Map<String, Kind> open = new HashMap<>();
        private final Set<String> openCalls = new LinkedHashSet<>();
        private @Nullable String lastText;
        private @Nullable Usage usage;

        byte[] take() {
            byte[] bytes = encoder.size() == 0 ? NOTHING : encoder.toByteArray();
            encoder.clear();
            return bytes;
        }

        void begin() {
            if (!begun) {
                begun = true;
                event(run("RUN_STARTED"));
            }
        }

        @Override
        public void text(AnswerPart.TextDelta part) {
            String id = messageId(part.block());
            if (open.putIfAbsent(part.block(), Kind.TEXT) == null) {
                lastText = id;
                event(message("TEXT_MESSAGE_START", id).put("role", "assistant"));
            }
            event(message("TEXT_MESSAGE_CONTENT", id).put("delta", part.text()));
        }

        @Override
        public void reasoning(AnswerPart.ReasoningDelta part) {
            String id = messageId(part.block());
            if (open.putIfAbsent(part.block(), Kind.REASONING) == null) {
                event(message("REASONING_START", id));
                event(message("REASONING_MESSAGE_START", id).put("role", "reasoning"));
            }
            event(message("REASONING_MESSAGE_CONTENT", id).put("delta", part.text()));
        }

        @Override
        public void blockEnd(AnswerPart.BlockEnd part) {
            Kind kind = open.remove(part.block());
            if (kind == Kind.TEXT) {
                event(message("TEXT_MESSAGE_END", messageId(part.block())));
            } else if (kind == Kind.REASONING) {
                event(message("REASONING_MESSAGE_END", messageId(part.block())));
                event(message("REASONING_END", messageId(part.block())));
            }
        }

        @Override
        public void toolCallStart(AnswerPart.ToolCallStart part) {
            openCalls.add(part.id());
            ObjectNode start = call("TOOL_CALL_START", part.id()).put("toolCallName", part.name());
            event(lastText == null ? start : start.put("parentMessageId", lastText));
        }

        @Override
        public void toolCallDelta(AnswerPart.ToolCallDelta part) {
            event(call("TOOL_CALL_ARGS", part.id()).put("delta", part.arguments()));
        }

        @Override
        public void toolCallEnd(AnswerPart.ToolCallEnd part) {
            openCalls.remove(part.id());
            event(call("TOOL_CALL_END", part.id()));
        }

        @Override
        public void finish(AnswerPart.Finish part) {
            usage = part.usage();
        }

        @Override
        public void failure(AnswerPart.Failure part) {
            if (part.code().equals(AnswerPart.Failure.STOPPED)) {
                // A run may not finish with calls open. Nobody runs those of one that is cancelled.
                openCalls.forEach(id -> event(call("TOOL_CALL_END", id)));
                ObjectNode finished = run("RUN_FINISHED");
                finished.putObject("outcome").put("type", "cancelled");
                event(finished);
            } else {
                event(type("RUN_ERROR").put("message", part.message()).put("code", part.code()));
            }
        }

        @Override
        public void done(AnswerPart.Done part) {
            ObjectNode finished = run("RUN_FINISHED");
            Usage counted = usage;
            if (counted != null) {
                ObjectNode tokens = finished.putArray("usage").addObject();
                tokens.put("inputTokens", counted.inputTokens()).put("outputTokens", counted.outputTokens());
                tokens.put("totalTokens", counted.inputTokens() + counted.outputTokens());
            }
            event(finished);
        }

        @Override
        public void aside(AnswerPart.Aside part) {
            // Nothing to show.
        }

        private void event(ObjectNode event) {
            begin();
            DialectJson.event(encoder, event);
        }
    }

    private String messageId(String block) {
        return runId + "-" + block;
    }

    private ObjectNode run(String type) {
        return type(type).put("threadId", threadId).put("runId", runId);
    }

    private static ObjectNode message(String type, String id) {
        return type(type).put("messageId", id);
    }

    private static ObjectNode call(String type, String id) {
        return type(type).put("toolCallId", id);
    }

    private static ObjectNode type(String type) {
        return DialectJson.object().put("type", type);
    }
}
