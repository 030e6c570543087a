package io.tidewire.llm;

/**
 * What a {@link ModelStandIn} has seen since it started.
 *
 * @param requests requests for an answer; not those for models, stats and the like
 * @param open answers being streamed now
 * @param cancelled answers whose client went away before their end
 * @param tokens tokens written
 * @param connections connections accepted
 */
public record ModelStats(long requests, long open, long cancelled, long tokens, long connections) {}
