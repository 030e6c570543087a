package io.tidewire.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;

/** Netty's parts for a {@link Transport}. */
record Sockets(
        Transport transport,
        IoHandlerFactory handlers,
        Class<? extends ServerChannel> acceptor,
        Class<? extends DatagramChannel> datagrams) {

    private static final int PROBES = 2;

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
                yield new Sockets(
                        wanted,
                        IoUringIoHandler.newFactory(),
                        IoUringServerSocketChannel.class,
                        IoUringDatagramChannel.class);
            }
            case NIO -> nio();
        };
    }

    /**
     * Sets how long a peer that vanished without a word is waited for (B11): probes on a silent connection. What is under way and never
     * acknowledged is {@link PeerProbe}'s, on epoll.
     */
    void noticeDeadPeers(ServerBootstrap bootstrap, Duration after) {
        int probeSeconds = (int) Math.max(1, after.toSeconds() / (PROBES + 1));
        if (after.isZero()) {
            return;
        }
        switch (transport) {
            case EPOLL ->
                bootstrap
                        .childOption(EpollChannelOption.TCP_KEEPIDLE, probeSeconds)
                        .childOption(EpollChannelOption.TCP_KEEPINTVL, probeSeconds)
                        .childOption(EpollChannelOption.TCP_KEEPCNT, PROBES);
            case IO_URING ->
                bootstrap
                        .childOption(IoUringChannelOption.TCP_KEEPIDLE, probeSeconds)
                        .childOption(IoUringChannelOption.TCP_KEEPINTVL, probeSeconds)
                        .childOption(IoUringChannelOption.TCP_KEEPCNT, PROBES);
            default ->
                bootstrap
                        .childOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), probeSeconds)
                        .childOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), probeSeconds)
                        .childOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), PROBES);
        }
    }

    private static Sockets epoll() {
        return new Sockets(
                Transport.EPOLL,
                EpollIoHandler.newFactory(),
                EpollServerSocketChannel.class,
                EpollDatagramChannel.class);
    }

    private static Sockets nio() {
        return new Sockets(
                Transport.NIO, NioIoHandler.newFactory(), NioServerSocketChannel.class, NioDatagramChannel.class);
    }

    private static void require(Transport wanted, boolean available, Throwable cause) {
        if (!available) {
            throw new IllegalStateException(
                    "transport: " + wanted + " does not work on this machine (expected: auto, epoll or nio)", cause);
        }
    }
}
