package io.tidewire.llm;

/** How one answer looks in a dialect: its events as text, or the whole of it. */
interface ModelFormat {
    /** {@return the events before the first token} */
    String begin();

    /** {@return the event of a token} */
    String token(int index, String text);

    /** {@return the events after the last token} */
    String end();

    /** {@return the event that ends the answer by an error, after that many tokens} */
    String error(int tokens);

    /** {@return the answer without a stream, as JSON} */
    String whole();
}
