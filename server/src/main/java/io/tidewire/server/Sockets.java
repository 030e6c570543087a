package io.tidewire.server;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;

/** Netty's parts for a {@link Transport}. */
record Sockets(Transport transport, IoHandlerFactory handlers, Class<? extends ServerChannel> acceptor) {

    /** {@return the parts; throws an IllegalStateException if this machine does not have that transport} */
    static Sockets of(Transport wanted) {
        return switch (wanted) {
            case AUTO -> Epoll.isAvailable() ? epoll() : nio();
            case EPOLL -> {
                require(wanted, Epoll.isAvailable(), Epoll.unavailabilityCause());
                yield epoll();
            }
            case IO_URING -> {
                require(wanted, IoUring.isAvailable(), IoUring.unavailabilityCause());
                yield new Sockets(wanted, IoUringIoHandler.newFactory(), IoUringServerSocketChannel.class);
            }
            case NIO -> nio();
        };
    }

    private static Sockets epoll() {
        return new Sockets(Transport.EPOLL, EpollIoHandler.newFactory(), EpollServerSocketChannel.class);
    }

    private static Sockets nio() {
        return new Sockets(Transport.NIO, NioIoHandler.newFactory(), NioServerSocketChannel.class);
    }

    private static void require(Transport wanted, boolean available, Throwable cause) {
        if (!available) {
            throw new IllegalStateException(
                    "transport: " + wanted + " does not work on this machine (expected: auto, epoll or nio)", cause);
        }
    }
}
