package io.tidewire.llm;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The head of an upstream's answer.
 *
 * @param status the HTTP status; redirects are not followed, so this may be 3xx
 * @param headers the fields that are for the client, in their order; those of the connection and those that would speak for the upstream's
 *     host ({@code Set-Cookie}, {@code Alt-Svc}, {@code Strict-Transport-Security}) are left out
 */
public record UpstreamHead(int status, List<Map.Entry<String, String>> headers) {
    /** Copies the fields. */
    public UpstreamHead {
        headers = List.copyOf(headers);
    }

    /** {@return the first value of that name, in any case} */
    public Optional<String> header(String name) {
        return headers.stream()
                .filter(field -> field.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** {@return whether the body is a stream of events} */
    public boolean isEventStream() {
        return header("Content-Type")
                .filter(type -> type.regionMatches(true, 0, "text/event-stream", 0, "text/event-stream".length()))
                .isPresent();
    }
}
