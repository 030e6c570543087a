package io.tidewire.llm;

/**
 * Tells an answer to a client in the events of another protocol. The same parts give the same bytes, however the stream
 * was cut on its way, so an answer may be told again from its start to whoever comes later.
 *
 * <p>Not thread safe: one reader, one thread at a time.
 */
public sealed interface AnswerEncoder permits UiMessageStream, AgUi {

    /** {@return the events before the first part; empty if they have been told} */
    byte[] begin();

    /**
     * {@return the events of this part, those of {@link #begin()} before them if they have not been told; often empty}
     *
     * @param part the next one of {@link AnswerReader}
     */
    byte[] add(AnswerPart part);
}
