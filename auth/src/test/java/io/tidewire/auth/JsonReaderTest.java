package io.tidewire.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "\"\"",
                "0",
                "-0.10e+5",
                "1E-400",
                "[true,false,null]",
                "{\"a\":{\"b\":[1,\"x\",{}]},\"c\":\"\\\\\\\"/\"}",
                "\"é\uD83D\uDE00\""
            })
    void whatIsReadIsWrittenAlike(String json) throws JsonSyntaxException {
        assertThat(JsonWriter.write(JsonReader.value(json))).isEqualTo(json);
    }

    @Test
    void escapesAndSpaceAreRead() throws JsonSyntaxException {
        assertThat(JsonReader.value(" [ \"\\b\\f\\n\\r\\t\\/\\u00E9\\ud83d\\uDE00\" ,\r\n\t1 ] ")
                        .toString())
                .isEqualTo("[\b\f\n\r\t/é\uD83D\uDE00, JsonNumber[text=1]]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[",
                "[1",
                "[1,",
                "[1,]",
                "[,1]",
                "{,}",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{a:1}",
                "{'a':1}",
                "{\"a\":1 \"b\":2}",
                "{\"a\":1,\"a\":1}",
                "{\"a\":null,\"a\":1}",
                "01",
                "-",
                "+1",
                ".5",
                "1.",
                "1e",
                "1e+",
                "0x1",
                "NaN",
                "Infinity",
                "tru",
                "True",
                "nul",
                "\"",
                "\"\\",
                "\"\\x\"",
                "\"\\u12\"",
                "\"\\u12g4\"",
                "\"\\u+123\"",
                "\"\\ud800\"",
                "\"\\udc00\\ud800\"",
                "\"\n\"",
                "\"\u0000\"",
                "1 2",
                "{}x",
                "// c\n1",
                "/**/1",
                "\ufeff1",
                "\u00a01"
            })
    void anythingElseIsRefused(String json) {
        assertThatExceptionOfType(JsonSyntaxException.class).isThrownBy(() -> JsonReader.value(json));
    }

    @Test
    void depthIsBounded() throws JsonSyntaxException {
        JsonReader.value("[".repeat(32) + "]".repeat(32));
        assertThatExceptionOfType(JsonSyntaxException.class)
                .isThrownBy(() -> JsonReader.value("[".repeat(33) + "1" + "]".repeat(33)));
        assertThatExceptionOfType(JsonSyntaxException.class)
                .isThrownBy(() -> JsonReader.value("[".repeat(1_000_000)))
                .withMessageContaining("32");
    }
}
