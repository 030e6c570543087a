package io.tidewire.server;

import io.netty.channel.ChannelHandler;
import io.tidewire.hub.Outlet;
import io.tidewire.hub.Subscription;

/** The outlet of a subscription, which is also the last handler of its channel: one object less per connection. */
interface StreamEnd extends Outlet, ChannelHandler {

    /** Says for whom it is, once that is known; before, nothing is written. */
    void serve(Subscription served);
}
