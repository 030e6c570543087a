package io.tidewire.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamPage;
import io.tidewire.stream.StreamSpec;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativeEventsTest {
    private static final String SECOND = "id: 0000000000000002\n";

    private static String render(String type, long start, boolean closed, String... messages) {
        List<byte[]> bytes = Arrays.stream(messages)
                .map(m -> m.getBytes(StandardCharsets.UTF_8))
                .toList();
        Offset from = new Offset(start);
        StreamPage page = new StreamPage(StreamSpec.of(type), from, bytes, from.plus(bytes.size()), closed);
        ByteBuf out = Unpooled.buffer();
        assertThat(new NativeEvents(type).page(page, out)).isEqualTo(closed);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void anEventKeepsItsBytesAndEndsWithOurId() {
        assertThat(render("text/event-stream", 1, false, "event: a\nid: theirs\ndata: x\n\n"))
                .isEqualTo("event: a\nid: theirs\ndata: x\n" + SECOND + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: x\r\n\r\n", "data: x\r\r", "data: x\n\r\n", "data: x\n\n"})
    void everyKindOfBlankLineIsFound(String block) {
        String line = block.substring(0, block.length() - (block.endsWith("\r\n") ? 2 : 1));
        assertThat(render("text/event-stream", 1, false, block)).isEqualTo(line + SECOND + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: x\n", "data: x\r\n", "data: x\r", "data: x"})
    void aBlockThatWasCutOffIsCompleted(String block) {
        String line = block.equals("data: x") ? "data: x\n" : block;
        assertThat(render("text/event-stream; charset=utf-8", 1, false, block)).isEqualTo(line + SECOND + "\n");
    }

    @Test
    void aByteOrderMarkIsLeftOutAtTheBeginningOfTheStreamOnly() {
        assertThat(render("text/event-stream", 0, false, "\uFEFFdata: x\n\n", "\uFEFFdata: y\n\n"))
                .isEqualTo("data: x\nid: 0000000000000001\n\n\uFEFFdata: y\n" + SECOND + "\n");
    }

    @Test
    void textIsDataLineByLine() {
        assertThat(render("text/plain", 1, true, "a\r\nb\n")).isEqualTo("data: a\ndata: b\ndata: \n" + SECOND + "\n");
        assertThat(render("application/json", 1, true, "{\"a\":1}")).isEqualTo("data: {\"a\":1}\n" + SECOND + "\n");
    }

    @Test
    void bytesAreBase64() {
        assertThat(render("application/octet-stream", 1, false, "abc")).isEqualTo("data: YWJj\n" + SECOND + "\n");
        assertThat(new NativeEvents("image/png").head("").more()).contains(NativeEvents.ENCODING);
        assertThat(new NativeEvents("text/plain").head("").more()).doesNotContain(NativeEvents.ENCODING);
    }
}
