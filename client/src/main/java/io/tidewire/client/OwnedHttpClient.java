package io.tidewire.client;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An HttpClient that can be ended. Safe for any thread. */
final class OwnedHttpClient implements Executor {

    /*
     * HttpClient got a way to be ended with JDK 21 (JDK-8304165). Before, its selector thread lives on until the garbage
     * collector finds the client unreachable, which in a quiet program may be never. That thread leaves its loop when it is
     * interrupted, and it is known here, because it is the one that brings tasks to the executor. Every connection has been
     * cancelled by then, so nothing is left to that thread but to go.
     */
    private static final String SELECTOR_SUFFIX = "-SelectorManager";
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    // 1 s: the pool's threads leave by themselves; shutting it down would refuse tasks that the client still brings
    // while it ends.
    private static final long IDLE_SECONDS = 1;

    private final ThreadPoolExecutor pool;
    private final HttpClient client;
    private volatile @Nullable Thread selector;

    @SuppressWarnings("this-escape") // on 21 and newer; the client brings no task before its first request
    OwnedHttpClient(ThreadFactory threads) {
        pool = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), threads);
        client = HttpClient.newBuilder()
                .executor(this)
                .connectTimeout(CONNECT_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    HttpClient client() {
        return client;
    }

    @Override
    public void execute(Runnable task) {
        Thread current = Thread.currentThread();
        if (current.getName().endsWith(SELECTOR_SUFFIX)) {
            selector = current;
        }
        pool.execute(task);
    }

    void close() {
        if (!shutDown()) {
            Thread thread = selector;
            if (thread != null) {
                thread.interrupt();
            }
        }
    }

    private boolean shutDown() {
        try {
            MethodHandles.publicLookup()
                    .findVirtual(HttpClient.class, "shutdownNow", MethodType.methodType(void.class))
                    .invoke(client);
            return true;
        } catch (NoSuchMethodException | IllegalAccessException e) {
            return false; // JDK 17 to 20
        } catch (Throwable e) {
            throw new IllegalStateException("shutdownNow: failed (expected: to return)", e);
        }
    }
}
