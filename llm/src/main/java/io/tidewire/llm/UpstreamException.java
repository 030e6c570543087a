package io.tidewire.llm;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An upstream gave no answer, or not all of it. The message names the target, host and port; never a header, a key or a body. */
public final class UpstreamException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What went wrong. */
    public enum Kind {
        /** No connection (name, network, proxy, TLS): nothing was sent, so the request may be made again. */
        UNREACHABLE,
        /** As many calls are under way as are allowed: nothing was sent. */
        BUSY,
        /** Nothing came for the idle time. */
        SILENT,
        /** The connection ended, or broke HTTP, before the answer was complete. */
        CUT,
        /** This client was closed. */
        CLOSED
    }

    private final Kind kind;

    UpstreamException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = Objects.requireNonNull(kind, "kind");
    }

    /** {@return what went wrong} */
    public Kind kind() {
        return kind;
    }
}
