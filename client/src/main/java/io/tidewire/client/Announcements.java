package io.tidewire.client;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Calls the listeners of the source's life, and survives what they throw. */
final class Announcements {

    private final List<EventSourceListener> listeners;

    Announcements(List<EventSourceListener> listeners) {
        this.listeners = new CopyOnWriteArrayList<>(listeners);
    }

    void tell(Consumer<EventSourceListener> call) {
        for (EventSourceListener listener : listeners) {
            try {
                call.accept(listener);
            } catch (RuntimeException | Error e) {
                listenerFailed(e);
            }
        }
    }

    void listenerFailed(Throwable error) {
        failed(new EventSourceException(
                EventSourceException.Reason.LISTENER, "listener: threw (expected: to return)", error));
    }

    void failed(EventSourceException error) {
        for (EventSourceListener listener : listeners) {
            try {
                listener.failed(error);
            } catch (RuntimeException | Error e) {
                error.addSuppressed(e);
                uncaught(error);
            }
        }
        if (listeners.isEmpty()) {
            uncaught(error);
        }
    }

    private static void uncaught(EventSourceException error) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, error);
    }
}
