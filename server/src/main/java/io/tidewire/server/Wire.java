package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPipeline;

/**
 * How answers are put on a connection of one version of HTTP. Stateless: one object serves all connections of its kind.
 *
 * <p>What {@link #whole}, {@link #head}, {@link #piece} and {@link #last} make is written through the handlers that decoded the
 * request. A stream has stripped those off: it writes {@link #raw} and {@link #end}.
 */
interface Wire {

    /** Adds an answer that is all there to the exchange's parts. */
    void whole(Exchange exchange, Responses.Head head, byte[] body);

    /** {@return the head of an answer whose body comes in pieces} */
    Object head(Exchange exchange, Responses.Head head);

    /** {@return a piece of that body; takes over the reference} */
    Object piece(ByteBuf bytes);

    /** {@return the end of that body, or null if it has none of its own} */
    Object last();

    /** {@return "100 Continue"} */
    Object goOn();

    /** {@return whether another request may follow on the same channel} */
    boolean isPersistent();

    /** Ends the channel when all that was written is on its way; {@code moreMayCome} if the request is not at its end. */
    void finish(Channel channel, boolean moreMayCome);

    /** Ends an answer that cannot be completed in a way that no client takes for its end. */
    void breakOff(Channel channel);

    /** {@return the way of a stream over this channel} */
    StreamEnd streamEnd(Channel channel, ChunkFraming framing, PeerProbe probe);

    /** Removes the handlers that decoded the request. */
    void strip(ChannelPipeline pipeline);

    /** {@return bytes of a stream; takes over the reference} */
    Object raw(ByteBuf bytes);

    /** Writes a stream's end; {@return when it is on its way} */
    ChannelFuture end(Channel channel);
}
