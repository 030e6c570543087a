/** The hub over HTTP on Netty; starts with {@link io.tidewire.server.Tidewire}. */
@NullMarked
package io.tidewire.server;

import org.jspecify.annotations.NullMarked;
