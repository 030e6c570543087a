package io.tidewire.llm;

/** Reads the events of one answer in one dialect. Never fails: what it does not know it passes over. */
interface DialectReading {

    /** The next event. */
    void read(BlockEvent event, PartCollector parts);

    /** {@return whether the answer may end here, though nothing has said so yet} */
    boolean isCompleteWithoutTerminal();
}
