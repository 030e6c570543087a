package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.tidewire.llm.AnswerEncoder;
import io.tidewire.llm.AnswerPart;
import io.tidewire.llm.AnswerTranslator;
import io.tidewire.llm.Dialect;
import io.tidewire.stream.StreamPage;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A recorded answer from its beginning, told in another protocol. One per response. */
final class AnswerTranslation implements FeedEncoder {
    private final Dialect expected;
    private final AnswerEncoder encoder;
    private @Nullable AnswerTranslator translator;

    AnswerTranslation(Dialect expected, AnswerEncoder encoder) {
        this.expected = expected;
        this.encoder = encoder;
    }

    @Override
    public boolean page(StreamPage page, ByteBuf out) {
        for (byte[] block : page.messages()) {
            AnswerTranslator to = translator(block, out);
            if (to != null) {
                out.writeBytes(to.add(block));
            }
        }
        if (!page.isEnd()) {
            return false;
        }
        out.writeBytes(begun(expected, out).end());
        return true;
    }

    /** {@return the translator; null for comments before the first event of an answer whose path did not tell its dialect} */
    private @Nullable AnswerTranslator translator(byte[] block, ByteBuf out) {
        if (translator != null || expected != Dialect.GENERIC) {
            return begun(expected, out);
        }
        return Dialect.ofBlock(block).map(dialect -> begun(dialect, out)).orElse(null);
    }

    private AnswerTranslator begun(Dialect dialect, ByteBuf out) {
        AnswerTranslator to = translator;
        if (to == null) {
            to = new AnswerTranslator(dialect, encoder);
            translator = to;
            out.writeBytes(to.begin());
        }
        return to;
    }

    @Override
    public void failed(Throwable failure, ByteBuf out) {
        AnswerTranslator to = begun(expected, out);
        out.writeBytes(to.add(expected.error(AnswerEvents.LOST, AnswerPart.Failure.INTERRUPTED)));
        out.writeBytes(to.end());
    }

    /** Nothing: without its last event a client knows that it was not the end. */
    @Override
    public void shutDown(long retryMillis, ByteBuf out) {}

    @Override
    public void keepAlive(ByteBuf out) {
        out.writeCharSequence(":\n\n", StandardCharsets.US_ASCII);
    }
}
