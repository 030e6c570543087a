package io.tidewire.server;

import io.tidewire.llm.Dialect;
import io.tidewire.stream.Abandonment;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks an upstream for, and how it wants the answer. Holds no secret. Immutable.
 *
 * @param upstream who is asked
 * @param dialect how the answer is expected to be told
 * @param owner the only user who may read the answer; null if whoever knows its id may
 * @param policy what becomes of the answer when nobody reads it
 * @param view how the client wants to be told the answer
 * @param chat the chat that the answer belongs to, as {@link LlmChats} names it; or null
 */
record LlmAsk(
        LlmUpstream upstream,
        Dialect dialect,
        @Nullable String owner,
        Abandonment policy,
        AnswerView view,
        @Nullable String chat) {}
