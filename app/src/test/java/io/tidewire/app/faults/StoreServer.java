package io.tidewire.app.faults;

import java.util.List;

/** The process that hubs keep their history in, to be stopped and killed under them. */
interface StoreServer extends AutoCloseable {
    /** {@return what a hub is told to use it} */
    List<String> hubArguments();

    String name();

    /** Has it stand still: connections stay open and nobody answers. */
    void pause() throws InterruptedException;

    void goOn() throws InterruptedException;

    /** {@code kill -9}, then the same again on the same port with what it had on disk. */
    void killAndRestart() throws InterruptedException;

    @Override
    void close();
}
