package io.tidewire.server;

import org.jspecify.annotations.Nullable;

/**
 * A request for an answer of tokens.
 *
 * @param head what it says before its body
 * @param body its body; empty for a GET
 * @param user whose answer it will be, or null if nobody was identified
 */
public record TokenRequest(
        RequestHead head, byte[] body, @Nullable String user) {}
