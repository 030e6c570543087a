package io.tidewire.server;

/** How sockets are watched. */
public enum Transport {
    /** The best that works here: epoll, else NIO. */
    AUTO,
    /** Linux's epoll, natively. */
    EPOLL,
    /** Linux's io_uring; not chosen by itself, because kernels differ in what they allow. */
    IO_URING,
    /** The JDK's own. */
    NIO
}
