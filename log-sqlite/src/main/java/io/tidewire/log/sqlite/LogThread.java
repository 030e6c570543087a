package io.tidewire.log.sqlite;

/** A thread of the log: one that must not wait for the log to end. */
final class LogThread extends Thread {
    LogThread(Runnable task, String name) {
        super(task, name);
        setDaemon(true);
    }
}
