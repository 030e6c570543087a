package io.tidewire.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** One exchange over {@code java.net.http}. */
final class JdkExchange implements Transport.Exchange, BodySubscriber<Boolean> {

    /*
     * The client pushes, we pull: one piece of the body is asked for when the reader has used up the one before, so a
     * reader that stops makes the client stop reading its socket. A lock, not a monitor: a virtual thread that waits for a
     * monitor holds its carrier before JDK 24.
     */
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final CompletableFuture<Boolean> bodySeen = CompletableFuture.completedFuture(true);

    // All guarded by the lock, down to `closed`.
    private final Deque<ByteBuffer> pieces = new ArrayDeque<>();
    private @Nullable CompletableFuture<HttpResponse<Boolean>> future;
    private Flow.@Nullable Subscription subscription;
    private HttpResponse.@Nullable ResponseInfo head;
    private boolean asked;
    private boolean ended;
    private @Nullable Throwable failure;
    private boolean closed;

    void start(HttpClient client, HttpRequest request) {
        CompletableFuture<HttpResponse<Boolean>> sent = client.sendAsync(request, this::headCame);
        lock.lock();
        try {
            future = sent;
        } finally {
            lock.unlock();
        }
        sent.whenComplete((response, error) -> {
            if (error != null) {
                onError(error);
            }
        });
    }

    private BodySubscriber<Boolean> headCame(HttpResponse.ResponseInfo info) {
        lock.lock();
        try {
            head = info;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        return this;
    }

    // --- what the reader calls

    @Override
    public Optional<Transport.Answer> answer(Duration timeout) throws IOException, InterruptedException {
        long leftNanos = timeout.toNanos();
        lock.lockInterruptibly();
        try {
            while (head == null) {
                throwIfOver();
                if (leftNanos <= 0) {
                    return Optional.empty();
                }
                leftNanos = changed.awaitNanos(leftNanos);
            }
            throwIfOver();
            return Optional.of(answer(head));
        } finally {
            lock.unlock();
        }
    }

    private static Transport.Answer answer(HttpResponse.ResponseInfo info) {
        Map<String, List<String>> headers = new HashMap<>();
        info.headers().map().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
        return new Transport.Answer(info.statusCode(), headers);
    }

    @Override
    public int read(byte[] into, Duration timeout) throws IOException, InterruptedException {
        long leftNanos = timeout.toNanos();
        lock.lockInterruptibly();
        try {
            while (true) {
                if (closed) {
                    throw closedByUs();
                }
                int count = take(into);
                if (count > 0) {
                    return count;
                }
                throwIfOver();
                if (ended) {
                    return END;
                }
                if (leftNanos <= 0) {
                    return NOTHING;
                }
                // The client may answer within the call that asks, so look again before waiting.
                if (!ask()) {
                    leftNanos = changed.awaitNanos(leftNanos);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    // Under the lock.
    private int take(byte[] into) {
        int count = 0;
        while (count < into.length && !pieces.isEmpty()) {
            ByteBuffer piece = pieces.element();
            int length = Math.min(piece.remaining(), into.length - count);
            piece.get(into, count, length);
            count += length;
            if (!piece.hasRemaining()) {
                pieces.remove();
            }
        }
        return count;
    }

    // Under the lock.
    private boolean ask() {
        Flow.Subscription from = subscription;
        if (from == null || asked) {
            return false;
        }
        asked = true;
        from.request(1);
        return true;
    }

    // Under the lock.
    private void throwIfOver() throws IOException {
        if (closed) {
            throw closedByUs();
        }
        Throwable error = failure;
        if (error != null) {
            throw asIoException(error);
        }
    }

    private static IOException closedByUs() {
        return new IOException("exchange: closed (expected: open)");
    }

    private static IOException asIoException(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof HttpConnectTimeoutException || cause instanceof SSLHandshakeException) {
            IOException unconnected = new ConnectException(String.valueOf(cause.getMessage()));
            unconnected.initCause(cause);
            return unconnected;
        }
        return cause instanceof IOException io ? io : new IOException(cause);
    }

    @Override
    public void close() {
        CompletableFuture<HttpResponse<Boolean>> sent;
        Flow.Subscription from;
        lock.lock();
        try {
            // What is complete is left alone: its connection may serve another exchange already.
            boolean over = closed || ended || failure != null;
            closed = true;
            pieces.clear();
            sent = over ? null : future;
            from = over ? null : subscription;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (from != null) {
            from.cancel();
        }
        if (sent != null) {
            sent.cancel(true);
        }
    }

    // --- what the client calls

    @Override
    public CompletionStage<Boolean> getBody() {
        return bodySeen;
    }

    @Override
    public void onSubscribe(Flow.Subscription from) {
        boolean late;
        lock.lock();
        try {
            late = closed;
            subscription = from;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (late) {
            from.cancel();
        }
    }

    @Override
    public void onNext(List<ByteBuffer> came) {
        lock.lock();
        try {
            asked = false;
            if (!closed) {
                pieces.addAll(came);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onError(Throwable error) {
        lock.lock();
        try {
            if (failure == null) {
                failure = error;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onComplete() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
