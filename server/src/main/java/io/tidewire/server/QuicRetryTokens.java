package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.quic.Quic;
import io.netty.handler.codec.quic.QuicTokenHandler;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Has a QUIC client prove that it receives at the address that it sends from, before anything is kept for it (RFC 9000, section 8.1.2). A
 * token is the connection id it stands for, signed together with the address and the time; it is good for 10 to 20 s.
 */
final class QuicRetryTokens implements QuicTokenHandler {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int SIGNATURE_BYTES = 32;

    /** A client answers a Retry at once; one that is stolen is worth nothing soon ("SHOULD be limited in time", section 8.1.3). */
    private static final long PERIOD_MILLIS = 10_000;

    private final InstantSource clock;
    private final SecretKeySpec key;

    QuicRetryTokens(InstantSource clock) {
        this.clock = clock;
        byte[] secret = new byte[SIGNATURE_BYTES];
        new SecureRandom().nextBytes(secret);
        key = new SecretKeySpec(secret, ALGORITHM);
    }

    private byte[] sign(byte[] connectionId, InetSocketAddress address, long period) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(address.getAddress().getAddress());
            mac.update((byte) (address.getPort() >> 8));
            mac.update((byte) address.getPort());
            mac.update(ByteBuffer.allocate(Long.BYTES).putLong(period).flip());
            return mac.doFinal(connectionId);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(ALGORITHM + " is missing, which every JDK has", e);
        }
    }

    @Override
    public boolean writeToken(ByteBuf out, ByteBuf connectionId, InetSocketAddress address) {
        byte[] id = ByteBufUtil.getBytes(connectionId);
        out.writeBytes(sign(id, address, period())).writeBytes(id);
        return true;
    }

    private long period() {
        return clock.millis() / PERIOD_MILLIS;
    }

    @Override
    public int validateToken(ByteBuf token, InetSocketAddress address) {
        byte[] bytes = ByteBufUtil.getBytes(token);
        if (bytes.length <= SIGNATURE_BYTES) {
            return -1;
        }
        byte[] id = Arrays.copyOfRange(bytes, SIGNATURE_BYTES, bytes.length);
        byte[] signature = Arrays.copyOf(bytes, SIGNATURE_BYTES);
        long period = period();
        boolean good = MessageDigest.isEqual(signature, sign(id, address, period))
                || MessageDigest.isEqual(signature, sign(id, address, period - 1));
        return good ? SIGNATURE_BYTES : -1;
    }

    @Override
    public int maxTokenLength() {
        return SIGNATURE_BYTES + Quic.MAX_CONN_ID_LEN;
    }
}
