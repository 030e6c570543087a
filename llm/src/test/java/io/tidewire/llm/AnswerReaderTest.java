package io.tidewire.llm;

import static io.tidewire.llm.Sample.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.llm.AnswerPart.Aside;
import io.tidewire.llm.AnswerPart.Done;
import io.tidewire.llm.AnswerPart.Failure;
import io.tidewire.llm.AnswerPart.Finish;
import io.tidewire.llm.AnswerPart.FinishReason;
import io.tidewire.llm.AnswerPart.TextDelta;
import io.tidewire.llm.AnswerPart.Usage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerReaderTest {

    private static Assembled chat(String... data) {
        var stream = new StringBuilder();
        for (String each : data) {
            stream.append("data: ").append(each).append("\n\n");
        }
        return Assembled.of(Sample.read(Dialect.OPENAI_CHAT, Sample.split(utf8(stream.toString()))));
    }

    private static List<AnswerPart> finished(FinishReason reason, long inputTokens, long outputTokens) {
        return List.of(new Finish(reason, new Usage(inputTokens, outputTokens)), new Done());
    }

    @Nested
    class OfOpenAiChat {
        @Test
        void readsTextAndUsage() {
            Assembled answer = Assembled.of(Sample.OPENAI_CHAT);
            assertThat(answer.texts)
                    .isEqualTo(Map.of("0.0", "The tide rises, the tide falls.\n\nÜber 🌊 \"quoted\" done\\.|"));
            assertThat(answer.end).isEqualTo(finished(FinishReason.STOP, 14, 10));
        }

        @Test
        void readsParallelToolCalls() {
            Assembled answer = Assembled.of(Sample.OPENAI_CHAT_TOOLS);
            assertThat(answer.texts).isEqualTo(Map.of("0.0", "Let me look.|"));
            assertThat(answer.calls)
                    .containsExactly(
                            Map.entry("call_Aa1", "get_weather {\"city\":\"Paris\",\"days\":1.50}|"),
                            Map.entry("call_Bb2", "get_time {\"zone\":\"Europe/Paris\"}|"));
            assertThat(answer.end).containsExactly(new Finish(FinishReason.TOOL_CALLS, null), new Done());
        }

        @Test
        void readsReasoningOfItsClones() {
            Assembled answer = Assembled.of(Sample.DEEPSEEK_REASONING);
            assertThat(answer.reasoning).isEqualTo(Map.of("0.0", "First I count to two.|"));
            assertThat(answer.texts).isEqualTo(Map.of("0.1", "One, two.|"));
            assertThat(answer.end).isEqualTo(finished(FinishReason.STOP, 9, 21));
        }

        @Test
        void readsContentInParts() {
            Assembled answer = chat(
                    "{\"choices\":[{\"index\":0,\"delta\":{\"content\":"
                            + "[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"hm\"}]}]}}]}",
                    "{\"choices\":[{\"index\":0,\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"yes\"}]}}]}",
                    "[DONE]");
            assertThat(answer.reasoning).isEqualTo(Map.of("0.0", "hm|"));
            assertThat(answer.texts).isEqualTo(Map.of("0.1", "yes|"));
        }

        @Test
        void passesOverCommentsAndReadsUsageWithAChoice() {
            assertThat(Sample.OPENROUTER.parts()).contains(new Aside("comment"));
            Assembled answer = Assembled.of(Sample.OPENROUTER);
            assertThat(answer.texts.values()).containsExactly("Slow but sure|");
            assertThat(answer.end).isEqualTo(finished(FinishReason.STOP, 5, 3));
        }

        @Test
        void keepsChoicesApartAndNeedsNoDoneAfterAReason() {
            Assembled answer = Assembled.of(Sample.TWO_CHOICES_CRLF);
            assertThat(answer.texts).isEqualTo(Map.of("0.0", "left one|", "1.0", "right two|"));
            assertThat(answer.end).containsExactly(new Finish(FinishReason.STOP, null), new Done());
        }

        @Test
        void handsOnHalvesOfCharacters() {
            assertThat(Sample.CUT_SURROGATES.parts()).contains(new TextDelta("0.0", "\ud83c"));
            assertThat(Assembled.of(Sample.CUT_SURROGATES).texts.values()).containsExactly("wave 🌊 é\n|");
        }

        @Test
        void anErrorObjectIsAFailure() {
            Assembled answer = Assembled.of(Sample.OPENAI_CHAT_ERROR);
            assertThat(answer.texts.values()).containsExactly("Half an answer|");
            assertThat(answer.end)
                    .containsExactly(
                            new Failure("The server had an error while processing your request.", "server_error"));
        }

        @Test
        void nothingFollowsAFailure() {
            Assembled answer = chat(
                    "{\"error\":{\"message\":\"boom\",\"code\":429}}",
                    "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"late\"}}]}",
                    "[DONE]");
            assertThat(answer.texts).isEmpty();
            assertThat(answer.end).containsExactly(new Failure("boom", "429"));
        }

        @Test
        void anErrorMayBeAString() {
            assertThat(chat("{\"error\":\"out of memory\"}").end)
                    .containsExactly(new Failure("out of memory", "error"));
        }

        @Test
        void anEndWithoutReasonIsAFailure() {
            Assembled answer =
                    chat("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hal\"},\"finish_reason\":null}]}");
            assertThat(answer.texts.values()).containsExactly("Hal|");
            assertThat(answer.end)
                    .containsExactly(new Failure("the upstream ended before its answer did", Failure.INTERRUPTED));
        }

        @Test
        void aCutToolCallDoesNotLookComplete() {
            Assembled answer = chat("{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\","
                    + "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}}]}");
            assertThat(answer.calls).isEqualTo(Map.of("c", "f {}"));
        }

        @Test
        void callsWithoutIdsGetOne() {
            String call = "{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":%d,\"function\":"
                    + "{\"name\":\"%s\",\"arguments\":{\"a\":1}}}]}}]}";
            Assembled answer = chat(call.formatted(0, "f"), call.formatted(1, "g"), "[DONE]");
            assertThat(answer.calls).isEqualTo(Map.of("call-0", "f {\"a\":1}|", "call-1", "g {\"a\":1}|"));
        }

        @Test
        void anotherNamedCallAtTheSameIndexIsAnotherCall() {
            String call =
                    "{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"%s\",\"function\":"
                            + "{\"name\":\"f\",\"arguments\":\"{}\"}}]}}]}";
            Assembled answer = chat(call.formatted("a"), call.formatted("b"), "[DONE]");
            assertThat(answer.calls).isEqualTo(Map.of("a", "f {}|", "b", "f {}|"));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "not json",
                    "{",
                    "[]",
                    "7",
                    "null",
                    "{\"choices\":7}",
                    "{\"choices\":[7,null,{\"delta\":[]}]}",
                    "{\"choices\":[{\"index\":\"x\",\"delta\":{\"content\":{\"new\":1},\"tool_calls\":{}}}]}",
                    "{\"usage\":{\"prompt_tokens\":-1,\"completion_tokens\":1e99},\"error\":null}"
                })
        void unknownShapesBreakNothing(String data) {
            assertThat(chat(data, "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"}}],\"new\":{}}", "[DONE]")
                            .texts
                            .values())
                    .containsExactly("x|");
        }
    }

    @Nested
    class OfAnthropic {
        @Test
        void readsTextAndCountsTheCacheAsInput() {
            Assembled answer = Assembled.of(Sample.ANTHROPIC);
            assertThat(answer.texts).isEqualTo(Map.of("0", "Hello! 🌊 How\nare you?|"));
            assertThat(answer.end).isEqualTo(finished(FinishReason.STOP, 125, 12));
            assertThat(Sample.ANTHROPIC.parts()).contains(new Aside("ping"));
        }

        @Test
        void readsThinkingAndTools() {
            Assembled answer = Assembled.of(Sample.ANTHROPIC_TOOLS);
            assertThat(answer.reasoning).isEqualTo(Map.of("0", "The user wants weather.|"));
            assertThat(answer.texts).isEqualTo(Map.of("1", "I'll check.|"));
            assertThat(answer.calls)
                    .containsExactly(
                            Map.entry("toolu_01T", "get_weather {\"location\": \"San Francisco, CA\"}|"),
                            Map.entry("toolu_02N", "now |"));
            assertThat(answer.end).isEqualTo(finished(FinishReason.TOOL_CALLS, 125, 89));
        }

        @Test
        void anErrorEventIsAFailure() {
            Assembled answer = Assembled.of(Sample.ANTHROPIC_ERROR);
            assertThat(answer.texts).isEqualTo(Map.of("0", "Part|"));
            assertThat(answer.end).containsExactly(new Failure("Overloaded", "overloaded_error"));
        }

        @Test
        void anInputThatComesAtOnceIsRead() {
            String stream = "event: content_block_start\ndata: {\"index\":0,\"content_block\":{\"type\":\"tool_use\","
                    + "\"id\":\"t\",\"name\":\"f\",\"input\":{\"n\":1.10}}}\n\n"
                    + "event: content_block_stop\ndata: {\"index\":0}\n\n";
            Assembled answer = Assembled.of(Sample.read(Dialect.ANTHROPIC, Sample.split(utf8(stream))));
            assertThat(answer.calls).isEqualTo(Map.of("t", "f {\"n\":1.10}|"));
        }
    }

    @Nested
    class OfOpenAiResponses {
        @Test
        void readsReasoningTextAndCalls() {
            Assembled answer = Assembled.of(Sample.OPENAI_RESPONSES);
            assertThat(answer.reasoning).isEqualTo(Map.of("rs_1.s0", "**Looking** at tides|"));
            assertThat(answer.texts).isEqualTo(Map.of("msg_1.c0", "High tide at noon.|"));
            assertThat(answer.calls).isEqualTo(Map.of("call_R1", "tide_table {\"port\":\"Brest\"}|"));
            assertThat(answer.end).isEqualTo(finished(FinishReason.TOOL_CALLS, 36, 87));
        }

        @Test
        void aFailedResponseIsAFailure() {
            assertThat(Assembled.of(Sample.OPENAI_RESPONSES_FAILED).end)
                    .containsExactly(new Failure("The model failed to generate a response.", "server_error"));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"type\":\"error\",\"code\":\"rate_limit\",\"message\":\"slow down\",\"sequence_number\":3}",
                    "{\"type\":\"error\",\"error\":{\"code\":\"rate_limit\",\"message\":\"slow down\"}}",
                    "{\"error\":{\"code\":\"rate_limit\",\"message\":\"slow down\"}}"
                })
        void errorsAreFailures(String data) {
            assertThat(end(data)).containsExactly(new Failure("slow down", "rate_limit"));
        }

        @Test
        void anIncompleteResponseSaysWhy() {
            assertThat(
                            end(
                                    "{\"type\":\"response.incomplete\",\"response\":{\"incomplete_details\":"
                                            + "{\"reason\":\"max_output_tokens\"},\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}}"))
                    .isEqualTo(finished(FinishReason.LENGTH, 1, 2));
        }

        @Test
        void anEndWithoutTerminalEventIsAFailure() {
            assertThat(end("{\"type\":\"response.in_progress\"}"))
                    .containsExactly(new Failure("the upstream ended before its answer did", Failure.INTERRUPTED));
        }

        private static List<AnswerPart> end(String data) {
            List<byte[]> blocks = Sample.split(utf8("event: x\ndata: " + data + "\n\n"));
            return Assembled.of(Sample.read(Dialect.OPENAI_RESPONSES, blocks)).end;
        }
    }

    @Test
    void readsGemini() {
        Assembled answer = Assembled.of(Sample.GEMINI);
        assertThat(answer.reasoning).isEqualTo(Map.of("0.0", "Thinking of the sea|"));
        assertThat(answer.texts).isEqualTo(Map.of("0.1", "The sea is wide.|"));
        assertThat(answer.calls).isEqualTo(Map.of("call-0", "depth {\"metres\":10.50}|"));
        assertThat(answer.end).isEqualTo(finished(FinishReason.TOOL_CALLS, 7, 11));
    }

    @Test
    void ofOtherStreamsOnlyTheEndIsKnown() {
        List<AnswerPart> parts = Sample.GENERIC.parts();
        assertThat(parts).contains(new Aside("progress"));
        assertThat(Assembled.of(parts).end).containsExactly(new Finish(FinishReason.OTHER, null), new Done());
    }

    @ParameterizedTest
    @EnumSource
    void everyBlockSaysSomething(Sample sample) {
        var reader = new AnswerReader(sample.dialect);
        assertThat(sample.blocks())
                .isNotEmpty()
                .allSatisfy(block -> assertThat(reader.read(block)).isNotEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void partsDoNotHangOnHowTheStreamWasCut(Sample sample) {
        Seeded.check(50, random -> {
            List<byte[]> blocks = Sample.splitAnyhow(sample.bytes(), random);
            // A line feed left over from the last block is a block of its own, and says nothing.
            assertThat(Assembled.of(Sample.read(sample.dialect, blocks)).all())
                    .isEqualTo(Assembled.of(sample).all());
        });
    }

    @ParameterizedTest
    @EnumSource
    void brokenBytesBreakNothing(Sample sample) {
        Seeded.check(200, random -> {
            byte[] bytes = sample.bytes();
            for (int n = random.nextInt(10); n >= 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            List<AnswerPart> end = Assembled.of(Sample.read(sample.dialect, Sample.splitAnyhow(bytes, random))).end;
            assertThat(end.get(end.size() - 1)).isInstanceOfAny(Done.class, Failure.class);
        });
    }
}
