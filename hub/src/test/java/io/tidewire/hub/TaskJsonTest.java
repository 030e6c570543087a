package io.tidewire.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.sse.JsonData;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A task's state as JSON, and what is taken for JSON. */
class TaskJsonTest {
    private static final int ROUNDS = 2000;
    private static final String ALPHABET = "aé€\uD83D\uDE00\"\\/\n\r\t\u0001{}[]:, null";
    private static final List<TaskState.Status> STATUSES = List.of(TaskState.Status.values());

    private final long seed = Long.getLong("tidewire.seed", new Random().nextLong());
    private final Random random = new Random(seed);

    @Test
    void jsonIsTakenWithoutItsWhiteSpace() {
        assertThat(TaskJson.compact("result", " [ 1 , -0.5e+3 , \" \\\" \\u00e9 \" , { } , [ ] , null ]\r\n"))
                .isEqualTo("[1,-0.5e+3,\" \\\" \\u00e9 \",{},[],null]");
        for (String json : List.of("0", "-0", "1E5", "true", "false", "\"\"", "{\"a\":{\"a\":[[]]}}")) {
            assertThat(TaskJson.compact("result", json)).isEqualTo(json);
        }
    }

    @Test
    void whatIsNoJsonIsRefused() {
        for (String text : List.of(
                "",
                " ",
                "{",
                "}",
                "[1,]",
                "{\"a\":1,}",
                "{a:1}",
                "{\"a\" 1}",
                "01",
                "1.",
                ".5",
                "-",
                "1e",
                "+1",
                "tru",
                "nul",
                "\"",
                "\"\\\"",
                "\"\\x\"",
                "\"\\u12g4\"",
                "\"\n\"",
                "1 2",
                "[] []",
                "NaN",
                "'a'",
                "\u00a01",
                "\"\\u\uff11\uff11\uff11\uff11\"",
                "\u0000",
                "[".repeat(101) + "]".repeat(101))) {
            assertThatThrownBy(() -> TaskJson.compact("result", text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("result: ");
        }
        assertThat(TaskJson.compact("result", "[".repeat(100) + "]".repeat(100)))
                .hasSize(200);
    }

    @Test
    void anyStateIsReadAsItWasWrittenAndNoPartOfItIs() {
        for (int round = 0; round < ROUNDS; round++) {
            TaskState state = state();
            String json = state.toJson();
            assertThat(json).as("seed " + seed).doesNotContain("\n");
            assertThat(TaskState.parse(json)).as("seed " + seed).isEqualTo(state);
            String part = json.substring(0, random.nextInt(json.length()));
            assertThatThrownBy(() -> TaskState.parse(part))
                    .as("seed " + seed)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private TaskState state() {
        TaskState.Status status = STATUSES.get(random.nextInt(STATUSES.size()));
        long step = random.nextInt(1000);
        return new TaskState(
                "id-" + random.nextInt(100),
                random.nextBoolean() ? text() : null,
                random.nextBoolean() ? text() : null,
                status,
                new TaskProgress(random.nextInt(101), step, step + random.nextInt(5), text()),
                status == TaskState.Status.COMPLETED ? value(0) : null,
                status == TaskState.Status.FAILED ? text() : null,
                random.nextBoolean(),
                Instant.ofEpochMilli(random.nextLong(4_000_000_000_000L)),
                Instant.ofEpochMilli(random.nextLong(4_000_000_000_000L)));
    }

    private String text() {
        StringBuilder out = new StringBuilder();
        for (int i = random.nextInt(20); i > 0; i--) {
            out.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return out.toString();
    }

    private String value(int depth) {
        return switch (random.nextInt(depth > 4 ? 3 : 5)) {
            case 0 -> String.valueOf(random.nextInt());
            case 1 -> JsonData.quoted(text());
            case 2 -> List.of("true", "false", "null", "-1.5e-7").get(random.nextInt(4));
            case 3 -> "[" + value(depth + 1) + "," + value(depth + 1) + "]";
            default -> "{\"a\":" + value(depth + 1) + ",\"\":" + value(depth + 1) + "}";
        };
    }
}
