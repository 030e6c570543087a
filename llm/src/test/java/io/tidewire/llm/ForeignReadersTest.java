package io.tidewire.llm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What npm's {@code ai} and {@code @ag-ui/client} and the official SDKs make of what we write. Needs node and npm, and
 * fails without.
 */
class ForeignReadersTest {
    private static final Path SCRIPTS = Path.of("src/test/js");
    private static final Path HOME = Path.of("target/js");
    private static final List<String> FILES =
            List.of("package.json", "package-lock.json", "ui-message-stream.mjs", "ag-ui.mjs", "official.mjs");

    private static final Set<Dialect> OFFICIAL =
            Set.of(Dialect.OPENAI_CHAT, Dialect.OPENAI_RESPONSES, Dialect.ANTHROPIC);

    @BeforeAll
    static void install() throws Exception {
        Files.createDirectories(HOME);
        Path lock = HOME.resolve("package-lock.json");
        boolean there = Files.exists(HOME.resolve("node_modules/.package-lock.json")) // npm writes it last
                && Files.exists(lock)
                && Files.mismatch(SCRIPTS.resolve("package-lock.json"), lock) == -1;
        for (String file : FILES) {
            Files.copy(SCRIPTS.resolve(file), HOME.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!there) {
            Files.deleteIfExists(HOME.resolve("node_modules/.package-lock.json"));
            run(List.of("npm", "ci", "--no-audit", "--no-fund"));
        }
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        File out = Files.createTempFile(HOME, "out", ".txt").toFile();
        File errors = Files.createTempFile(HOME, "errors", ".txt").toFile();
        Process process = new ProcessBuilder(command)
                .directory(HOME.toFile())
                .redirectOutput(out)
                .redirectError(errors)
                .start();
        assertThat(process.waitFor())
                .as(() -> command + " says:\n" + read(errors))
                .isZero();
        return read(out);
    }

    private static String read(File file) {
        try {
            return Files.readString(file.toPath());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** {@return what the script says of each sample, told by the encoder} */
    private static JsonNode read(String folder, Supplier<AnswerEncoder> encoder, String... command) throws Exception {
        List<String> words = new ArrayList<>(List.of("node"));
        words.addAll(List.of(command));
        for (Sample sample : Sample.values()) {
            words.add(write(folder, sample.name(), told(sample.dialect, sample.blocks(), encoder.get())));
        }
        List<byte[]> stopped = new ArrayList<>(Sample.ANTHROPIC_TOOLS.blocks().subList(0, 14));
        stopped.add(Dialect.ANTHROPIC.error("stopped by the user", AnswerPart.Failure.STOPPED));
        words.add(write(folder, "STOPPED", told(Dialect.ANTHROPIC, stopped, encoder.get())));
        List<byte[]> badArguments = new ArrayList<>(Sample.ANTHROPIC_TOOLS.blocks());
        badArguments.removeIf(block -> Sample.text(block).contains("San Fra"));
        words.add(write(folder, "BAD_ARGUMENTS", told(Dialect.ANTHROPIC, badArguments, encoder.get())));
        return JsonMapper.shared().readTree(run(words));
    }

    private static String write(String folder, String name, byte[] bytes) throws IOException {
        Files.write(Files.createDirectories(HOME.resolve(folder)).resolve(name), bytes);
        return folder + "/" + name;
    }

    private static byte[] told(Dialect dialect, List<byte[]> blocks, AnswerEncoder encoder) {
        var translator = new AnswerTranslator(dialect, encoder);
        var out = new ByteArrayOutputStream();
        out.writeBytes(translator.begin());
        blocks.forEach(block -> out.writeBytes(translator.add(block)));
        out.writeBytes(translator.end());
        return out.toByteArray();
    }

    private static String shown(JsonNode answer, String type) {
        var text = new StringBuilder();
        for (JsonNode part : answer.path("parts")) {
            if (part.path("type").stringValue("").equals(type)) {
                text.append(part.path("text").stringValue()).append('|');
                assertThat(part.path("state").stringValue()).isEqualTo("done");
            }
        }
        return text.toString();
    }

    private static Map<String, String> calls(JsonNode answer) {
        Map<String, String> calls = new java.util.LinkedHashMap<>();
        for (JsonNode part : answer.path("parts")) {
            String type = part.path("type").stringValue("");
            if (type.startsWith("tool-")) {
                String input = part.path("state").stringValue() + " " + part.path("input");
                calls.put(part.path("toolCallId").stringValue(), type.substring("tool-".length()) + " " + input);
            }
        }
        return calls;
    }

    /** The first release of version 5, whose schemas allow no field too many; the newest that runs here; version 6. */
    @ParameterizedTest
    @ValueSource(strings = {"ai-first", "ai", "ai-next"})
    void theAiSdkShowsEveryDialect(String release) throws Exception {
        JsonNode answers = read(
                release,
                () -> new UiMessageStream("answer-1"),
                "ui-message-stream.mjs",
                release,
                UiMessageStream.VERSION_HEADER,
                UiMessageStream.VERSION);
        for (Sample sample : Sample.values()) {
            JsonNode answer = answers.path(sample.name());
            Assembled expected = Assembled.of(sample);
            assertThat(shown(answer, "text")).as(sample.name()).isEqualTo(String.join("", expected.texts.values()));
            assertThat(shown(answer, "reasoning")).isEqualTo(String.join("", expected.reasoning.values()));
            boolean failed = expected.end.get(0) instanceof AnswerPart.Failure;
            assertThat(answer.path("errors")).hasSize(failed ? 1 : 0);
            assertThat(answer.path("id").stringValue()).isEqualTo("answer-1");
            assertThat(answer.path("chunkTypes")
                            .get(answer.path("chunkTypes").size() - 1)
                            .stringValue())
                    .isEqualTo("finish");
        }
        assertThat(calls(answers.path("OPENAI_CHAT_TOOLS")))
                .containsExactly(
                        Map.entry("call_Aa1", "get_weather input-available {\"city\":\"Paris\",\"days\":1.5}"),
                        Map.entry("call_Bb2", "get_time input-available {\"zone\":\"Europe/Paris\"}"));
        assertThat(calls(answers.path("ANTHROPIC_TOOLS")))
                .containsExactly(
                        Map.entry("toolu_01T", "get_weather input-available {\"location\":\"San Francisco, CA\"}"),
                        Map.entry("toolu_02N", "now input-available {}"));
        assertThat(calls(answers.path("OPENAI_RESPONSES")))
                .containsExactly(Map.entry("call_R1", "tide_table input-available {\"port\":\"Brest\"}"));
        assertThat(calls(answers.path("GEMINI")))
                .containsExactly(Map.entry("call-0", "depth input-available {\"metres\":10.5}"));
        assertThat(answers.path("ANTHROPIC_ERROR").path("errors").get(0).stringValue())
                .isEqualTo("Overloaded");
        JsonNode stopped = answers.path("STOPPED");
        assertThat(stopped.path("errors")).isEmpty();
        assertThat(shown(stopped, "text")).isEqualTo("I'll check.|");
        assertThat(stopped.path("chunkTypes")
                        .get(stopped.path("chunkTypes").size() - 1)
                        .stringValue())
                .isEqualTo("abort");
        // The first release takes the event and shows nothing of it.
        assertThat(calls(answers.path("BAD_ARGUMENTS")).get("toolu_01T"))
                .startsWith("get_weather " + (release.equals("ai-first") ? "input-streaming" : "output-error"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ai", "ai-next"})
    void theAiSdkIsToldTheReason(String release) throws Exception {
        JsonNode answers = read(
                release + "-reason",
                () -> new UiMessageStream("answer-1", UiMessageStream.FinishEvent.WITH_REASON),
                "ui-message-stream.mjs",
                release,
                UiMessageStream.VERSION_HEADER,
                UiMessageStream.VERSION);
        assertThat(answers.path("OPENAI_CHAT").path("finishReason").stringValue())
                .isEqualTo("stop");
        assertThat(answers.path("ANTHROPIC_TOOLS").path("finishReason").stringValue())
                .isEqualTo("tool-calls");
        assertThat(answers.path("OPENAI_CHAT_ERROR").path("finishReason").stringValue())
                .isEqualTo("error");
        assertThat(answers.path("GENERIC").path("finishReason").stringValue()).isEqualTo("other");
    }

    @Test
    void theAgUiClientShowsEveryDialect() throws Exception {
        JsonNode answers = read("ag-ui", () -> new AgUi("thread-1", "run-1"), "ag-ui.mjs");
        Set<String> outcomes = new HashSet<>();
        for (Sample sample : Sample.values()) {
            JsonNode answer = answers.path(sample.name());
            assertThat(answer.path("problems")).as(sample.name()).isEmpty();
            Assembled expected = Assembled.of(sample);
            assertThat(said(answer, "assistant")).isEqualTo(String.join("", expected.texts.values()));
            assertThat(said(answer, "reasoning")).isEqualTo(String.join("", expected.reasoning.values()));
            assertThat(agUiCalls(answer)).isEqualTo(expected.calls);
            answer.path("outcomes").forEach(outcome -> outcomes.add(outcome.stringValue()));
            assertThat(answer.path("outcomes")).as(answer.toString()).hasSize(1);
        }
        assertThat(outcomes)
                .containsExactlyInAnyOrder(
                        "success",
                        "error server_error: The server had an error while processing your request.",
                        "error overloaded_error: Overloaded",
                        "error server_error: The model failed to generate a response.");
        assertThat(answers.path("OPENAI_CHAT").path("usage").toString())
                .isEqualTo("[{\"inputTokens\":14,\"outputTokens\":10,\"totalTokens\":24}]");
        assertThat(answers.path("STOPPED").path("problems")).isEmpty();
        assertThat(answers.path("STOPPED").path("outcomes").get(0).stringValue())
                .isEqualTo("cancelled");
    }

    private static String said(JsonNode answer, String role) {
        var text = new StringBuilder();
        for (JsonNode message : answer.path("messages")) {
            String content = message.path("content").stringValue("");
            if (message.path("role").stringValue("").equals(role) && !content.isEmpty()) {
                text.append(content).append('|');
            }
        }
        return text.toString();
    }

    private static Map<String, String> agUiCalls(JsonNode answer) {
        Map<String, String> calls = new java.util.LinkedHashMap<>();
        for (JsonNode message : answer.path("messages")) {
            for (JsonNode call : message.path("calls")) {
                calls.put(
                        call.path("id").stringValue(),
                        call.path("name").stringValue() + " "
                                + call.path("arguments").stringValue() + "|");
            }
        }
        return calls;
    }

    @Test
    void theOfficialSdksAssembleTheSameFromAMergedBacklog() throws Exception {
        List<Sample> whole = new ArrayList<>();
        List<String> words = new ArrayList<>(List.of("node", "official.mjs"));
        for (Sample sample : Sample.values()) {
            boolean fails = Assembled.of(sample).end.get(0) instanceof AnswerPart.Failure;
            if (OFFICIAL.contains(sample.dialect) && !fails) {
                whole.add(sample);
                List<byte[]> merged = Backlog.merged(sample.blocks(), sample.dialect);
                words.add(sample.dialect + "=" + write("official", sample.name(), sample.bytes()));
                words.add(sample.dialect + "=" + write("official", sample.name() + "-merged", joined(merged)));
            }
        }
        assertThat(whole).hasSizeGreaterThan(8);
        JsonNode answers = JsonMapper.shared().readTree(run(words));
        for (Sample sample : whole) {
            JsonNode answer = answers.path(sample.name()).path("answer");
            assertThat(answer.isObject()).as(sample.name()).isTrue();
            assertThat(answers.path(sample.name() + "-merged").path("answer"))
                    .as(sample.name())
                    .isEqualTo(answer);
        }
        assertThat(answers.path("OPENAI_RESPONSES")
                        .path("answer")
                        .path("lastSnapshots")
                        .toString())
                .isEqualTo("[\"High tide at noon.\",\"{\\\"port\\\":\\\"Brest\\\"}\"]");
    }

    @Test
    void theOfficialSdksThrowOurErrors() throws Exception {
        List<String> words = new ArrayList<>(List.of("node", "official.mjs"));
        for (Sample sample : List.of(Sample.OPENAI_CHAT, Sample.ANTHROPIC, Sample.OPENAI_RESPONSES)) {
            List<byte[]> broken = new ArrayList<>(sample.blocks().subList(0, 5));
            broken.add(sample.dialect.error("The upstream broke off.", AnswerPart.Failure.INTERRUPTED));
            words.add(sample.dialect + "=" + write("official", sample.name() + "-broken", joined(broken)));
        }
        JsonNode answers = JsonMapper.shared().readTree(run(words));
        assertThat(answers.path("OPENAI_CHAT-broken").path("error").stringValue())
                .isEqualTo("APIError: The upstream broke off.");
        assertThat(answers.path("ANTHROPIC-broken").path("error").stringValue())
                .startsWith("APIError: ")
                .contains("The upstream broke off.");
        assertThat(answers.path("OPENAI_RESPONSES-broken").path("error").stringValue())
                .endsWith(": The upstream broke off.");
    }

    private static byte[] joined(List<byte[]> blocks) {
        var out = new ByteArrayOutputStream();
        blocks.forEach(out::writeBytes);
        return out.toByteArray();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsToldDoesNotHangOnHowTheStreamWasCut(Sample sample) {
        byte[] once = told(sample.dialect, sample.blocks(), new UiMessageStream("m"));
        byte[] run = told(sample.dialect, sample.blocks(), new AgUi("t", "r"));
        assertThat(new String(once, StandardCharsets.UTF_8)).endsWith("data: [DONE]\n\n");
        Seeded.check(50, random -> {
            List<byte[]> blocks = Sample.splitAnyhow(sample.bytes(), random);
            assertThat(told(sample.dialect, blocks, new UiMessageStream("m"))).isEqualTo(once);
            assertThat(told(sample.dialect, blocks, new AgUi("t", "r"))).isEqualTo(run);
        });
    }
}
