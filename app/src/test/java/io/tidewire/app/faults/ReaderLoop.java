package io.tidewire.app.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One thread that keeps all readers connected: whose stream ends comes back, to any hub that is there, with its last id. */
final class ReaderLoop implements AutoCloseable {
    /** After a refused connection. */
    private static final Duration PAUSE = Duration.ofMillis(20);
    /** Several keep-alives, and a store that stands still for three seconds. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(15);

    /**
     * When to come back after a stream that ended.
     *
     * @param asTold after the time that the hub told, else at once
     */
    record Manners(boolean asTold) {}

    /** A reader's connection, or the one that it will have. */
    private static final class Line {
        final Reader reader;

        @Nullable
        SocketChannel channel;

        long dueNanos;
        long heardNanos;

        Line(Reader reader) {
            this.reader = reader;
        }
    }

    private final Rota rota;
    private final Tally tally;
    private final Manners manners;
    private final Random random;
    private final Selector selector;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Line> due = new PriorityQueue<>(Comparator.comparingLong(line -> line.dueNanos));
    private final List<Line> lines = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(256 * 1024);
    private List<Long> returnsNanos = new ArrayList<>();
    private long lookedNanos = System.nanoTime();
    private final Thread thread;
    private volatile boolean closed;

    ReaderLoop(Rota rota, Tally tally, Manners manners, long seed) {
        this.rota = rota;
        this.tally = tally;
        this.manners = manners;
        this.random = new Random(seed);
        try {
            this.selector = Selector.open();
        } catch (IOException e) {
            throw new FaultException("selector: " + e.getMessage(), e);
        }
        this.thread = new Thread(this::run, "readers");
        thread.setDaemon(true);
        thread.start();
    }

    /** Has the loop answer a question about its readers. */
    <T> T ask(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        tasks.add(() -> answer.complete(question.get()));
        selector.wakeup();
        return answer.join();
    }

    void add(List<Reader> readers) {
        ask(() -> {
            for (Reader reader : readers) {
                Line line = new Line(reader);
                lines.add(line);
                later(line, Duration.ZERO);
            }
            return true;
        });
    }

    /** {@return how many have a stream at the moment} */
    int connected() {
        return ask(() ->
                (int) lines.stream().filter(line -> line.reader.isConnected()).count());
    }

    /** {@return when readers came back since this was asked last} */
    List<Long> takeReturns() {
        return ask(() -> {
            List<Long> taken = returnsNanos;
            returnsNanos = new ArrayList<>();
            return taken;
        });
    }

    private void run() {
        try {
            while (!closed) {
                turn();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lines.forEach(ReaderLoop::hangUp);
        }
    }

    private void turn() throws IOException {
        Line first = due.peek();
        long waitMillis = first == null ? 1000 : (first.dueNanos - System.nanoTime() + 999_999) / 1_000_000;
        if (waitMillis > 0) {
            selector.select(this::ready, Math.min(1000, waitMillis));
        } else {
            selector.selectNow(this::ready);
        }
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        long nowNanos = System.nanoTime();
        for (Line line = due.peek(); line != null && line.dueNanos - nowNanos <= 0; line = due.peek()) {
            due.remove();
            connect(line);
        }
        lookForSilence(nowNanos);
    }

    private void later(Line line, Duration wait) {
        line.dueNanos = System.nanoTime() + wait.toNanos();
        due.add(line);
    }

    private void connect(Line line) {
        InetSocketAddress address = rota.any(random);
        if (address == null) {
            later(line, PAUSE);
            return;
        }
        try {
            SocketChannel channel = SocketChannel.open();
            line.channel = channel;
            line.heardNanos = System.nanoTime();
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            boolean done = channel.connect(address);
            channel.register(selector, done ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT, line);
        } catch (IOException e) {
            failed(line, e);
        }
    }

    private void ready(SelectionKey key) {
        Line line = (Line) key.attachment();
        try {
            if (key.isReadable()) {
                read(line, (SocketChannel) key.channel());
            } else if (!key.isConnectable() || ((SocketChannel) key.channel()).finishConnect()) {
                // A request is smaller than any socket's buffer.
                ((SocketChannel) key.channel()).write(line.reader.request());
                key.interestOps(SelectionKey.OP_READ);
            }
        } catch (IOException e) {
            failed(line, e);
        }
    }

    private void read(Line line, SocketChannel channel) throws IOException {
        int count = channel.read(buffer.clear());
        line.heardNanos = System.nanoTime();
        if (count < 0 || !line.reader.feed(buffer.flip())) {
            gone(line);
        }
    }

    /** A connection that could not be made, or that broke. */
    private void failed(Line line, IOException e) {
        if (line.reader.isConnected()) {
            gone(line);
            return;
        }
        tally.refused("subscribe: " + e.getMessage());
        hangUp(line);
        later(line, PAUSE);
    }

    private void gone(Line line) {
        boolean hadStream = line.reader.isConnected();
        hangUp(line);
        Duration wait = manners.asTold() ? line.reader.retry() : Duration.ZERO;
        if (hadStream) {
            line.reader.ended();
            returnsNanos.add(System.nanoTime() + wait.toNanos());
        }
        later(line, hadStream ? wait : PAUSE);
    }

    private static void hangUp(Line line) {
        SocketChannel channel = line.channel;
        line.channel = null;
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // it was gone already
            }
        }
    }

    private void lookForSilence(long nowNanos) {
        if (nowNanos - lookedNanos < 1_000_000_000L) {
            return;
        }
        lookedNanos = nowNanos;
        for (Line line : lines) {
            if (line.channel != null && nowNanos - line.heardNanos > LONGEST_SILENCE.toNanos()) {
                tally.silent.increment();
                gone(line);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join();
            selector.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
