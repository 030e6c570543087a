package io.tidewire.llm;

import io.tidewire.sse.DecodedEvent;
import io.tidewire.sse.DecoderLimits;
import io.tidewire.sse.EventDecoder;
import org.jspecify.annotations.Nullable;

/** Reads the blocks of one stream in their order. Not thread safe. */
final class BlockDecoder {

    // The block is in memory already; a limit below its size would only break what was recorded.
    private static final DecoderLimits LIMITS = new DecoderLimits(DecoderLimits.MAX_BYTES, DecoderLimits.MAX_BYTES);

    private final EventDecoder decoder = new EventDecoder(LIMITS, this::event);
    private @Nullable BlockEvent found;

    /** {@return the event of the block, or null if it has none} */
    @Nullable
    BlockEvent decode(byte[] block) {
        found = null;
        decoder.feed(block, 0, block.length);
        return found;
    }

    private void event(DecodedEvent event) {
        found = new BlockEvent(event.type(), event.data(), event.lastEventId());
    }
}
