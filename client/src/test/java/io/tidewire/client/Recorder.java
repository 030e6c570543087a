package io.tidewire.client;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Keeps all that a source tells, and waits for more of it. */
final class Recorder implements EventSourceListener, Consumer<StreamEvent> {
    private static final long PATIENCE_SECONDS = 30;

    final List<ConnectionState> states = new CopyOnWriteArrayList<>();
    final List<String> threads = new CopyOnWriteArrayList<>();
    final BlockingQueue<StreamEvent> events = new LinkedBlockingQueue<>();
    final BlockingQueue<EventSourceException> disconnects = new LinkedBlockingQueue<>();
    final BlockingQueue<Duration> waits = new LinkedBlockingQueue<>();
    final BlockingQueue<EventSourceException> failures = new LinkedBlockingQueue<>();
    final BlockingQueue<EventSourceException> closed = new LinkedBlockingQueue<>();
    final BlockingQueue<URI> opened = new LinkedBlockingQueue<>();
    final BlockingQueue<Gap> gaps = new LinkedBlockingQueue<>();
    final BlockingQueue<Connected> hellos = new LinkedBlockingQueue<>();
    final BlockingQueue<String> comments = new LinkedBlockingQueue<>();

    static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
        T taken = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (taken == null) {
            throw new AssertionError("nothing came");
        }
        return taken;
    }

    String data() throws InterruptedException {
        return take(events).data();
    }

    @Override
    public void accept(StreamEvent event) {
        threads.add(Thread.currentThread().getName());
        events.add(event);
    }

    @Override
    public void stateChanged(ConnectionState state) {
        states.add(state);
    }

    @Override
    public void opened(URI origin, Map<String, List<String>> headers) {
        opened.add(origin);
    }

    @Override
    public void connected(Connected hello) {
        hellos.add(hello);
    }

    @Override
    public void gap(Gap gap) {
        gaps.add(gap);
    }

    @Override
    public void comment(String text) {
        comments.add(text);
    }

    @Override
    public void disconnected(EventSourceException cause, Duration retryIn) {
        disconnects.add(cause);
        waits.add(retryIn);
    }

    @Override
    public void closed(EventSourceException cause) {
        closed.add(cause);
    }

    @Override
    public void failed(EventSourceException error) {
        failures.add(error);
    }
}
