package io.tidewire.llm;

import static io.tidewire.llm.Sample.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.llm.AnswerPart.Aside;
import io.tidewire.llm.AnswerPart.BlockEnd;
import io.tidewire.llm.AnswerPart.Done;
import io.tidewire.llm.AnswerPart.Failure;
import io.tidewire.llm.AnswerPart.Finish;
import io.tidewire.llm.AnswerPart.FinishReason;
import io.tidewire.llm.AnswerPart.ReasoningDelta;
import io.tidewire.llm.AnswerPart.TextDelta;
import io.tidewire.llm.AnswerPart.ToolCallDelta;
import io.tidewire.llm.AnswerPart.ToolCallEnd;
import io.tidewire.llm.AnswerPart.ToolCallStart;
import io.tidewire.llm.AnswerPart.Usage;
import io.tidewire.llm.UiMessageStream.FinishEvent;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class AnswerEncoderTest {

    private static final List<AnswerPart> ANSWER = List.of(
            new ReasoningDelta("0.0", "hm"),
            new BlockEnd("0.0"),
            new TextDelta("0.1", "say \"é\"\n"),
            new TextDelta("0.1", "\ud83c"),
            new Aside("ping"),
            new BlockEnd("0.1"),
            new ToolCallStart("c1", "add"),
            new ToolCallDelta("c1", "{\"n\":\n 1.50"),
            new ToolCallDelta("c1", "}"),
            new ToolCallEnd("c1"),
            new Finish(FinishReason.TOOL_CALLS, new Usage(3, 4)),
            new Done());

    /** The data of all events, one a line. */
    private static List<String> told(AnswerEncoder encoder, List<AnswerPart> parts) {
        var all = new StringBuilder();
        parts.forEach(part -> all.append(text(encoder.add(part))));
        assertThat(all.toString()).endsWith("\n\n");
        return List.of(all.toString().replace("data: ", "").split("\n\n"));
    }

    @Nested
    class OfAUiMessageStream {

        @Test
        void tellsAMessageOfOneStep() {
            assertThat(told(new UiMessageStream("m1", FinishEvent.WITH_REASON), ANSWER))
                    .containsExactly(
                            "{\"type\":\"start\",\"messageId\":\"m1\"}",
                            "{\"type\":\"start-step\"}",
                            "{\"type\":\"reasoning-start\",\"id\":\"0.0\"}",
                            "{\"type\":\"reasoning-delta\",\"id\":\"0.0\",\"delta\":\"hm\"}",
                            "{\"type\":\"reasoning-end\",\"id\":\"0.0\"}",
                            "{\"type\":\"text-start\",\"id\":\"0.1\"}",
                            "{\"type\":\"text-delta\",\"id\":\"0.1\",\"delta\":\"say \\\"é\\\"\\n\"}",
                            "{\"type\":\"text-delta\",\"id\":\"0.1\",\"delta\":\"\\uD83C\"}",
                            "{\"type\":\"text-end\",\"id\":\"0.1\"}",
                            "{\"type\":\"tool-input-start\",\"toolCallId\":\"c1\",\"toolName\":\"add\"}",
                            "{\"type\":\"tool-input-delta\",\"toolCallId\":\"c1\",\"inputTextDelta\":\"{\\\"n\\\":\\n 1.50\"}",
                            "{\"type\":\"tool-input-delta\",\"toolCallId\":\"c1\",\"inputTextDelta\":\"}\"}",
                            "{\"type\":\"tool-input-available\",\"toolCallId\":\"c1\",\"toolName\":\"add\",\"input\":{\"n\":  1.50}}",
                            "{\"type\":\"finish-step\"}",
                            "{\"type\":\"finish\",\"finishReason\":\"tool-calls\"}",
                            "[DONE]");
        }

        @Test
        void byDefaultTheFinishIsPlain() {
            assertThat(told(new UiMessageStream("m1"), ANSWER)).contains("{\"type\":\"finish\"}");
        }

        @Test
        void beginsOnce() {
            var stream = new UiMessageStream("m1");
            assertThat(text(stream.begin())).contains("start").contains("start-step");
            assertThat(stream.begin()).isEmpty();
            assertThat(stream.add(new Aside("ping"))).isEmpty();
            assertThat(text(stream.add(new TextDelta("0", "x")))).startsWith("data: {\"type\":\"text-start\"");
        }

        @Test
        void anInputBeyondTheLimitIsAnError() {
            List<String> told = told(
                    new UiMessageStream("m1"),
                    List.of(
                            new ToolCallStart("c1", "f"),
                            new ToolCallDelta("c1", "\"" + "x".repeat(UiMessageStream.MAX_INPUT_CHARS)),
                            new ToolCallDelta("c1", "\""),
                            new ToolCallEnd("c1")));
            assertThat(told).hasSize(5);
            assertThat(told.get(4))
                    .startsWith("{\"type\":\"tool-input-error\"")
                    .endsWith("\"The input is too long.\"}");
        }

        @Test
        void aFailureEndsIt() {
            assertThat(told(new UiMessageStream("m1"), List.of(new Failure("boom", "overloaded"))))
                    .endsWith(
                            "{\"type\":\"error\",\"errorText\":\"boom\"}",
                            "{\"type\":\"finish-step\"}",
                            "{\"type\":\"finish\"}",
                            "[DONE]");
        }

        @Test
        void aStopIsNoError() {
            assertThat(told(new UiMessageStream("m1"), List.of(new Failure("stop", Failure.STOPPED))))
                    .endsWith("{\"type\":\"start-step\"}", "{\"type\":\"abort\"}", "[DONE]");
        }
    }

    @Nested
    class OfAnAgUiRun {

        @Test
        void tellsARun() {
            assertThat(told(new AgUi("t1", "r1"), ANSWER))
                    .containsExactly(
                            "{\"type\":\"RUN_STARTED\",\"threadId\":\"t1\",\"runId\":\"r1\"}",
                            "{\"type\":\"REASONING_START\",\"messageId\":\"r1-0.0\"}",
                            "{\"type\":\"REASONING_MESSAGE_START\",\"messageId\":\"r1-0.0\",\"role\":\"reasoning\"}",
                            "{\"type\":\"REASONING_MESSAGE_CONTENT\",\"messageId\":\"r1-0.0\",\"delta\":\"hm\"}",
                            "{\"type\":\"REASONING_MESSAGE_END\",\"messageId\":\"r1-0.0\"}",
                            "{\"type\":\"REASONING_END\",\"messageId\":\"r1-0.0\"}",
                            "{\"type\":\"TEXT_MESSAGE_START\",\"messageId\":\"r1-0.1\",\"role\":\"assistant\"}",
                            "{\"type\":\"TEXT_MESSAGE_CONTENT\",\"messageId\":\"r1-0.1\",\"delta\":\"say \\\"é\\\"\\n\"}",
                            "{\"type\":\"TEXT_MESSAGE_CONTENT\",\"messageId\":\"r1-0.1\",\"delta\":\"\\uD83C\"}",
                            "{\"type\":\"TEXT_MESSAGE_END\",\"messageId\":\"r1-0.1\"}",
                            "{\"type\":\"TOOL_CALL_START\",\"toolCallId\":\"c1\",\"toolCallName\":\"add\",\"parentMessageId\":\"r1-0.1\"}",
                            "{\"type\":\"TOOL_CALL_ARGS\",\"toolCallId\":\"c1\",\"delta\":\"{\\\"n\\\":\\n 1.50\"}",
                            "{\"type\":\"TOOL_CALL_ARGS\",\"toolCallId\":\"c1\",\"delta\":\"}\"}",
                            "{\"type\":\"TOOL_CALL_END\",\"toolCallId\":\"c1\"}",
                            "{\"type\":\"RUN_FINISHED\",\"threadId\":\"t1\",\"runId\":\"r1\","
                                    + "\"usage\":[{\"inputTokens\":3,\"outputTokens\":4,\"totalTokens\":7}]}");
        }

        @Test
        void beginsOnce() {
            var run = new AgUi("t1", "r1");
            assertThat(text(run.begin())).contains("RUN_STARTED");
            assertThat(run.begin()).isEmpty();
            assertThat(text(run.add(new Done()))).startsWith("data: {\"type\":\"RUN_FINISHED\"");
        }

        @Test
        void aStopCancelsTheRunAndClosesItsCalls() {
            assertThat(told(
                            new AgUi("t1", "r1"),
                            List.of(new ToolCallStart("c1", "f"), new Failure("stop", Failure.STOPPED))))
                    .endsWith(
                            "{\"type\":\"TOOL_CALL_END\",\"toolCallId\":\"c1\"}",
                            "{\"type\":\"RUN_FINISHED\",\"threadId\":\"t1\",\"runId\":\"r1\",\"outcome\":{\"type\":\"cancelled\"}}");
        }

        @Test
        void aFailureIsARunError() {
            assertThat(told(new AgUi("t1", "r1"), List.of(new Failure("boom", "overloaded"))))
                    .endsWith("{\"type\":\"RUN_ERROR\",\"message\":\"boom\",\"code\":\"overloaded\"}");
        }
    }
}
