package io.tidewire.llm;

import static io.tidewire.llm.Sample.text;
import static io.tidewire.llm.Sample.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.llm.AnswerPart.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SequenceNumbersTest {

    private static byte[] numbered(long number) {
        return utf8("event: x\ndata: {\"delta\":{\"sequence_number\":-7},\"sequence_number\":" + number + "}\n\n");
    }

    @Test
    void aBlockHasItsNumber() {
        assertThat(SequenceNumbers.of(numbered(7))).hasValue(7);
        List<byte[]> blocks = Sample.OPENAI_RESPONSES.blocks();
        for (int i = 0; i < blocks.size(); i++) {
            assertThat(SequenceNumbers.of(blocks.get(i))).hasValue(i);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ": comment\n\n",
                "data: [DONE]\n\n",
                "data: [7]\n\n",
                "data: {\"sequence_number\":\"7\"}\n\n",
                "data: {\"sequence_number\":7.5}\n\n",
                "data: {\"sequence_number\":99999999999999999999}\n\n",
                "data: {\"nested\":{\"sequence_number\":7}}\n\n"
            })
    void otherBlocksHaveNone(String block) {
        assertThat(SequenceNumbers.of(utf8(block))).isEmpty();
    }

    @Test
    void aClientGoesOnAfterWhatItHasSeen() {
        List<byte[]> blocks = Sample.OPENAI_RESPONSES.blocks();
        for (int seen = -1; seen < blocks.size() + 2; seen++) {
            assertThat(SequenceNumbers.indexAfter(blocks, seen)).isEqualTo(Math.min(seen + 1, blocks.size()));
        }
        assertThat(SequenceNumbers.indexAfter(List.of(), 5)).isZero();
    }

    @Test
    void amongGapsAndCommentsItGoesOnAtTheSamePlaceAsAPlainSearch() {
        Seeded.check(500, random -> {
            List<byte[]> blocks = new ArrayList<>();
            long number = random.nextInt(5);
            for (int n = random.nextInt(20); n > 0; n--) {
                if (random.nextBoolean()) {
                    blocks.add(utf8(": waiting\n\n"));
                } else {
                    blocks.add(numbered(number));
                    number += 1 + random.nextInt(3);
                }
            }
            for (long seen = -1; seen <= number; seen++) {
                int expected = 0;
                for (int i = 0; i < blocks.size(); i++) {
                    OptionalLong each = SequenceNumbers.of(blocks.get(i));
                    if (each.isPresent() && each.getAsLong() <= seen) {
                        expected = i + 1;
                    }
                }
                assertThat(SequenceNumbers.indexAfter(blocks, seen)).isEqualTo(expected);
            }
        });
    }

    @Test
    void anErrorMayBeNumbered() {
        byte[] error = SequenceNumbers.error("gone\nat Line.java", "interrupted", 12);
        assertThat(SequenceNumbers.of(error)).hasValue(12);
        assertThat(text(error)).doesNotContain("Line.java");
        assertThat(new AnswerReader(Dialect.OPENAI_RESPONSES).read(error))
                .containsExactly(new Failure("gone", "interrupted"));
        assertThatThrownBy(() -> SequenceNumbers.error("m", "c", -1))
                .hasMessage("sequenceNumber: -1 (expected: 0 or more)");
    }
}
