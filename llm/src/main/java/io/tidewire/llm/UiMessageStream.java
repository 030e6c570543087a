package io.tidewire.llm;

import io.tidewire.llm.AnswerPart.FinishReason;
import io.tidewire.sse.EventEncoder;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/**
 * Tells an answer as a UI message stream of the Vercel AI SDK, version 1: what its {@code useChat} reads.
 *
 * <p>An answer is one message of one step. Each text and each run of reasoning becomes a part with its id, each tool
 * call a streamed input that is then available as JSON. An answer that the user stopped ends with {@code abort}, one that
 * failed with {@code error} and the message. Holds the arguments of the tool calls under way, up to
 * {@value #MAX_INPUT_CHARS} characters each.
 *
 * <p>Spec: ai-sdk.dev, "Stream Protocols", chapter "Data Stream Protocol".
 */
public final class UiMessageStream implements AnswerEncoder {

    /** Media type of the answer. */
    public static final String CONTENT_TYPE = "text/event-stream";

    /** The header that tells the SDK the version of the protocol. */
    public static final String VERSION_HEADER = "x-vercel-ai-ui-message-stream";

    /** The version spoken here, as the value of {@link #VERSION_HEADER}. */
    public static final String VERSION = "v1";

    /** 1 Mi characters: what an event may have; a longer input is told as an error instead of held. */
    public static final int MAX_INPUT_CHARS = 1 << 20;

    /** Which fields the last event may have. */
    public enum FinishEvent {
        /** No reason: what every release of the SDK since 5.0.0 reads. The first ones refuse an answer with more. */
        PLAIN,
        /** With {@code finishReason}, which the SDK's {@code onFinish} gets; read from version 6 on. */
        WITH_REASON
    }

    private static final byte[] NOTHING = {};

    private final String messageId;
    private final FinishEvent finishEvent;
    private final Events events = new Events();
    private boolean begun;

    /**
     * A stream that every release of the SDK reads.
     *
     * @param messageId the message's, the same each time the answer is told
     */
    public UiMessageStream(String messageId) {
        this(messageId, FinishEvent.PLAIN);
    }

    /**
     * A stream before its first event.
     *
     * @param messageId the message's, the same each time the answer is told
     * @param finishEvent which fields the last event may have
     */
    public UiMessageStream(String messageId, FinishEvent finishEvent) {
        this.messageId = Objects.requireNonNull(messageId, "messageId");
        this.finishEvent = Objects.requireNonNull(finishEvent, "finishEvent");
    }

    @Override
    public byte[] begin() {
        if (begun) {
            return NOTHING;
        }
        events.begin();
        return events.take();
    }

    @Override
    public byte[] add(AnswerPart part) {
        part.accept(events);
        return events.take();
    }

    private enum Kind {
        TEXT("text"),
        REASONING("reasoning");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }
    }

    private final class Events implements AnswerPart.Visitor {
        private final EventEncoder encoder = new EventEncoder();
        private final Map<String, Kind> open = new HashMap<>();
        private final Map<String, Call> calls = new HashMap<>();
        private FinishReason reason = FinishReason.OTHER;

        byte[] take() {
            byte[] bytes = encoder.size() == 0 ? NOTHING : encoder.toByteArray();
            encoder.clear();
            return bytes;
        }

        void begin() {
            if (!begun) {
                begun = true;
                event(type("start").put("messageId", messageId));
                event(type("start-step"));
            }
        }

        @Override
        public void text(AnswerPart.TextDelta part) {
            delta(Kind.TEXT, part.block(), part.text());
        }

        @Override
        public void reasoning(AnswerPart.ReasoningDelta part) {
            delta(Kind.REASONING, part.block(), part.text());
        }

        private void delta(Kind kind, String block, String text) {
            if (open.putIfAbsent(block, kind) == null) {
                event(type(kind.prefix + "-start").put("id", block));
            }
            event(type(kind.prefix + "-delta").put("id", block).put("delta", text));
        }

        @Override
        public void blockEnd(AnswerPart.BlockEnd part) {
            Kind kind = open.remove(part.block());
            if (kind != null) {
                event(type(kind.prefix + "-end").put("id", part.block()));
            }
        }

        @Override
        public void toolCallStart(AnswerPart.ToolCallStart part) {
            calls.put(part.id(), new Call(part.name(), new StringBuilder()));
            event(call("tool-input-start", part.id()).put("toolName", part.name()));
        }

        @Override
        public void toolCallDelta(AnswerPart.ToolCallDelta part) {
            Call call = calls.get(part.id());
            if (call != null && call.hasRoom()) {
                call.input.append(part.arguments());
                event(call("tool-input-delta", part.id()).put("inputTextDelta", part.arguments()));
            }
        }

        @Override
        public void toolCallEnd(AnswerPart.ToolCallEnd part) {
            Call call = calls.remove(part.id());
            if (call == null) {
                return;
            }
            String input = call.input.toString();
            JsonNode json = DialectJson.read(input.isBlank() ? "{}" : input);
            if (json.isMissingNode()) {
                ObjectNode event = call("tool-input-error", part.id()).put("toolName", call.name);
                event(event.put("input", input)
                        .put("errorText", call.hasRoom() ? "The input is not JSON." : "The input is too long."));
            } else {
                ObjectNode event = call("tool-input-available", part.id()).put("toolName", call.name);
                event(event.putRawValue("input", new RawValue(oneLine(input))));
            }
        }

        @Override
        public void finish(AnswerPart.Finish part) {
            reason = part.reason();
        }

        @Override
        public void failure(AnswerPart.Failure part) {
            if (part.code().equals(AnswerPart.Failure.STOPPED)) {
                event(type("abort"));
                done();
                return;
            }
            event(type("error").put("errorText", part.message()));
            end("error");
        }

        @Override
        public void done(AnswerPart.Done part) {
            end(reason.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        }

        @Override
        public void aside(AnswerPart.Aside part) {
            // Nothing to show.
        }

        private void end(String why) {
            event(type("finish-step"));
            ObjectNode finish = type("finish");
            event(finishEvent == FinishEvent.WITH_REASON ? finish.put("finishReason", why) : finish);
            done();
        }

        private void done() {
            begin();
            encoder.data("[DONE]").end();
        }

        private void event(ObjectNode event) {
            begin();
            DialectJson.event(encoder, event);
        }
    }

    private static ObjectNode type(String type) {
        return DialectJson.object().put("type", type);
    }

    private static ObjectNode call(String type, String id) {
        return type(type).put("toolCallId", id);
    }

    /** {@return the JSON text as it is, but in one line: outside of strings, a line end is a space} */
    private static String oneLine(String json) {
        return json.isBlank() ? "{}" : json.replace('\n', ' ').replace('\r', ' ');
    }

    private record Call(String name, StringBuilder input) {
        boolean hasRoom() {
            return input.length() <= MAX_INPUT_CHARS;
        }
    }
}
