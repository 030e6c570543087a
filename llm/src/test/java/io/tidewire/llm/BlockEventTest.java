package io.tidewire.llm;

import static io.tidewire.llm.Sample.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BlockEventTest {

    @Test
    void aBlockHasNameDataAndId() {
        assertThat(BlockEvent.of(utf8("id: 7\nevent: delta\ndata: two\ndata: lines\n\n")))
                .hasValue(new BlockEvent("delta", "two\nlines", "7"));
    }

    @Test
    void withoutNameItIsAMessage() {
        assertThat(BlockEvent.of(utf8("\n\ufeffdata: no\ndata:x\r\r"))).hasValue(new BlockEvent("message", "x", ""));
    }

    @Test
    void aCommentOrAnUnfinishedEventIsNone() {
        assertThat(BlockEvent.of(utf8(": waiting\n\n"))).isEmpty();
        assertThat(BlockEvent.of(utf8("data: x\n"))).isEmpty();
        assertThat(BlockEvent.of(new byte[0])).isEmpty();
    }

    @Test
    void itsDataStaysOutOfLogs() {
        assertThat(new BlockEvent("delta", "secret", "")).hasToString("BlockEvent[name=delta, data=6 chars]");
    }
}
