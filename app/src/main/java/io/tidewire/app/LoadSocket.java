package io.tidewire.app;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * A socket of the load generator, with or without TLS. It connects and shakes hands while the caller waits; after that reading
 * waits for nothing, and writing for the kernel only, because a hub always reads.
 */
final class LoadSocket implements AutoCloseable {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel channel;
    private final @Nullable SSLEngine tls;
    /** What came encrypted and is not a whole record yet; only with TLS. */
    private final ByteBuffer received;

    private LoadSocket(SocketChannel channel, @Nullable SSLEngine tls) {
        this.channel = channel;
        this.tls = tls;
        this.received =
                tls == null ? NOTHING : ByteBuffer.allocate(tls.getSession().getPacketBufferSize());
    }

    static LoadSocket open(LoadTarget target, String protocol) throws IOException {
        SocketChannel channel = SocketChannel.open(target.address());
        try {
            channel.setOption(java.net.StandardSocketOptions.TCP_NODELAY, true);
            LoadSocket socket = new LoadSocket(channel, engine(target, protocol));
            socket.shakeHands(protocol);
            channel.configureBlocking(false);
            return socket;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static @Nullable SSLEngine engine(LoadTarget target, String protocol) {
        if (target.tls() == null) {
            return null;
        }
        SSLEngine engine =
                target.tls().createSSLEngine(target.host(), target.address().getPort());
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {protocol});
        engine.setSSLParameters(parameters);
        return engine;
    }

    private void shakeHands(String protocol) throws IOException {
        SSLEngine engine = tls;
        if (engine == null) {
            return;
        }
        ByteBuffer none = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        engine.beginHandshake();
        while (engine.getHandshakeStatus() != SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING) {
            switch (engine.getHandshakeStatus()) {
                case NEED_WRAP -> write(NOTHING.duplicate());
                case NEED_TASK -> runTasks(engine);
                default -> unwrapSome(engine, none);
            }
        }
        if (!protocol.equals(engine.getApplicationProtocol())) {
            throw new IOException("the hub does not speak " + protocol + " over TLS");
        }
    }

    /** One step of a handshake: what is there, or what comes. */
    private void unwrapSome(SSLEngine engine, ByteBuffer none) throws IOException {
        received.flip();
        SSLEngineResult.Status status = engine.unwrap(received, none).getStatus();
        received.compact();
        if (status == SSLEngineResult.Status.BUFFER_UNDERFLOW && channel.read(received) < 0) {
            throw new IOException("the connection ended during the TLS handshake");
        }
    }

    private static void runTasks(SSLEngine engine) {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    void register(Selector selector, Object attachment) throws IOException {
        channel.register(selector, SelectionKey.OP_READ, attachment);
    }

    /** Sends it all. */
    void write(ByteBuffer bytes) throws IOException {
        SSLEngine engine = tls;
        if (engine == null) {
            drain(bytes);
            return;
        }
        ByteBuffer packet = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        do {
            packet.clear();
            engine.wrap(bytes, packet);
            drain(packet.flip());
        } while (bytes.hasRemaining());
    }

    private void drain(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Reads once, and hands on what came, in the buffer; {@return whether the connection is still open}. */
    boolean read(ByteBuffer buffer, Consumer<ByteBuffer> sink) throws IOException {
        SSLEngine engine = tls;
        if (engine == null) {
            int count = channel.read(buffer.clear());
            sink.accept(buffer.flip());
            return count >= 0;
        }
        if (channel.read(received) < 0) {
            return false;
        }
        received.flip();
        SSLEngineResult.Status status = SSLEngineResult.Status.OK;
        while (status == SSLEngineResult.Status.OK && received.hasRemaining()) {
            status = engine.unwrap(received, buffer.clear()).getStatus();
            sink.accept(buffer.flip());
            runTasks(engine);
        }
        received.compact();
        return status != SSLEngineResult.Status.CLOSED;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
