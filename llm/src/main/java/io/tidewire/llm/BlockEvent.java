package io.tidewire.llm;

import java.util.Objects;
import java.util.Optional;

/**
 * What a block of an event stream says. Immutable.
 *
 * @param name of the event; {@code message} if the block gives none
 * @param data its data lines, joined by LF
 * @param id the last event id of the stream with this block; empty if there was none
 */
public record BlockEvent(String name, String data, String id) {

    /** Checks that nothing is null. */
    public BlockEvent {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(data, "data");
        Objects.requireNonNull(id, "id");
    }

    /**
     * {@return the event of a block taken by itself; empty if it has none, as with comments alone}
     *
     * @param block one block of {@link EventBlocks}, blank line included
     */
    public static Optional<BlockEvent> of(byte[] block) {
        return Optional.ofNullable(new BlockDecoder().decode(block));
    }

    /** {@return the name and the size; never the data, for logs} */
    @Override
    public String toString() {
        return "BlockEvent[name=" + name + ", data=" + data.length() + " chars]";
    }
}
