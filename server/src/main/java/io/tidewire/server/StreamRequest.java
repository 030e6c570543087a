package io.tidewire.server;

import io.tidewire.hub.CloseReason;
import java.util.concurrent.CompletionStage;

/**
 * A request for an application's own stream.
 *
 * @param head what it says before its body
 * @param body its body; empty for a GET
 * @param closed completes with the reason when the stream has ended, on the connection's event loop
 */
public record StreamRequest(RequestHead head, byte[] body, CompletionStage<CloseReason> closed) {}
