package io.tidewire.llm;

/** A stream of which nothing is known but that it is one: its end is its end, and an event named error is an error. */
final class GenericReading implements DialectReading {

    @Override
    public void read(BlockEvent event, PartCollector parts) {
        if (event.data().equals("[DONE]")) {
            parts.done();
        } else if (event.name().equals("error")) {
            parts.failure(DialectJson.read(event.data()));
        } else {
            parts.aside(event.name());
        }
    }

    @Override
    public boolean isCompleteWithoutTerminal() {
        return true;
    }
}
