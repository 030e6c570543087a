package io.tidewire.server;

import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import java.time.Duration;

/**
 * Tells a peer that vanished from one that only does not read (B11). To both the kernel holds bytes back; but one that is there
 * acknowledges what is sent to it, and when its window is closed nothing is sent. {@code TCP_USER_TIMEOUT} does not make that
 * difference: it would cut off a reader that was parked. One per event loop.
 */
final class PeerProbe {
    /** Looks in a row without an acknowledgement after which a peer is gone. */
    static final int LOOKS = 3;

    private final Duration deadPeer;
    private final EpollTcpInfo info = new EpollTcpInfo();

    PeerProbe(Duration deadPeer) {
        this.deadPeer = deadPeer;
    }

    /** {@return after what time a peer that vanished is taken for gone; zero for never} */
    Duration deadPeer() {
        return deadPeer;
    }

    /** What a look finds. */
    enum Finding {
        /** All that was sent is acknowledged, or nothing may be sent; so is a socket that cannot be asked. */
        CLEAR,
        /** Something is under way. */
        WAITING,
        /** What was sent is sent again and again, and nothing has come back for the time. */
        UNANSWERED
    }

    /** {@return how it stands with a socket} */
    Finding look(EpollSocketChannel socket, long sinceMillis) {
        if (deadPeer.isZero()) {
            return Finding.CLEAR;
        }
        try {
            socket.tcpInfo(info);
        } catch (ChannelException e) {
            return Finding.CLEAR; // it is closed, and its handlers will be told
        }
        if (info.unacked() == 0) {
            return Finding.CLEAR;
        }
        return info.retransmits() > 0 && info.lastAckRecv() >= sinceMillis ? Finding.UNANSWERED : Finding.WAITING;
    }
}
