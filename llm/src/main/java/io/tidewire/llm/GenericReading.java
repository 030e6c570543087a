package io.tidewire.llm;

/** A stream of which nothing is known but that it is one: its end is its end. */
final class GenericReading implements DialectReading {

    @Override
    public void read(BlockEvent event, PartCollector parts) {
        if (event.data().equals("[DONE]")) {
            parts.done();
        } else {
            parts.aside(event.name());
        }
    }

    @Override
    public boolean isCompleteWithoutTerminal() {
        return true;
    }
}
