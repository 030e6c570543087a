package io.tidewire.log;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * A bus between hubs in one process: of an application with several servers, or of a test. Hands messages over at once, on the
 * sender's thread.
 *
 * <pre>{@code
 * LocalBus one = LocalBus.create();
 * LocalBus other = one.join();
 * }</pre>
 */
public final class LocalBus implements MessageBus {
    private final List<LocalBus> all;
    private final List<Consumer<byte[]>> listeners = new CopyOnWriteArrayList<>();

    private LocalBus(List<LocalBus> all) {
        this.all = all;
        all.add(this);
    }

    /** {@return a bus that nobody else is on} */
    public static LocalBus create() {
        return new LocalBus(new CopyOnWriteArrayList<>());
    }

    /** {@return another end of this bus} */
    public LocalBus join() {
        return new LocalBus(all);
    }

    @Override
    public void send(byte[] message) {
        MessageBus.requireFits(message);
        if (all.contains(this)) {
            all.forEach(end -> end.listeners.forEach(listener -> listener.accept(message.clone())));
        }
    }

    @Override
    public void listen(Consumer<byte[]> listener) {
        listeners.add(listener);
    }

    @Override
    public void close() {
        all.remove(this);
        listeners.clear();
    }
}
