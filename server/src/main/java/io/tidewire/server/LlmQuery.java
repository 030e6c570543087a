package io.tidewire.server;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The query of a request to an upstream: what in it is for the gateway, and the rest, which is forwarded as it is.
 *
 * @param forwarded the upstream's part, with its question mark; empty if there is none
 * @param view how the answer is wanted
 * @param chat the chat that the answer belongs to, or null
 */
record LlmQuery(String forwarded, AnswerView view, @Nullable String chat) {

    static LlmQuery of(String rawQuery) {
        StringBuilder forwarded = new StringBuilder(rawQuery.length() + 1);
        AnswerView view = AnswerView.EVENTS;
        String chat = null;
        for (String pair : rawQuery.split("&", -1)) {
            AnswerView asked = pair.startsWith("as=") ? AnswerView.named(pair.substring(3)) : null;
            if (asked != null) {
                view = asked;
            } else if (pair.startsWith("chat=")) {
                chat = QueryStringDecoder.decodeComponent(pair.substring(5), StandardCharsets.UTF_8);
            } else {
                forwarded.append(forwarded.isEmpty() ? "?" : "&").append(pair);
            }
        }
        boolean empty = forwarded.length() <= 1;
        return new LlmQuery(empty ? "" : forwarded.toString(), view, chat);
    }
}
