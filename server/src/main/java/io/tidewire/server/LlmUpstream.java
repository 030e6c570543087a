package io.tidewire.server;

import io.tidewire.llm.UpstreamTarget;
import java.time.Duration;
import java.util.Objects;

/**
 * An upstream that the gateway forwards to, at {@code /llm/{name}/…}.
 *
 * @param target its name, URL and, if it is ours to give, its key
 * @param idle how long it may say nothing, before its answer and within; models think
 */
public record LlmUpstream(UpstreamTarget target, Duration idle) {
    /** Ten minutes: what the official SDKs wait. */
    public static final Duration IDLE = Duration.ofMinutes(10);

    /**
     * Checks the time; the name is none of the gateway's own.
     *
     * @throws IllegalArgumentException if one cannot be used
     */
    public LlmUpstream {
        Objects.requireNonNull(target, "target");
        if (LlmRoute.ANSWERS.equals(target.name()) || LlmRoute.CHATS.equals(target.name())) {
            throw new IllegalArgumentException(
                    "upstream: " + target.name() + " (expected: a name that is not the gateway's own: answers, chats)");
        }
        if (idle.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "upstream." + target.name() + ".idle: " + idle + " (expected: 1 ms or more)");
        }
    }

    /** {@return the upstream, with the usual time of silence} */
    public static LlmUpstream of(UpstreamTarget target) {
        return new LlmUpstream(target, IDLE);
    }

    String name() {
        return target.name();
    }

    /** {@return whether what the client sends as its credentials is for the upstream, and none of ours} */
    boolean takesClientsCredentials() {
        return target.key() == null;
    }
}
