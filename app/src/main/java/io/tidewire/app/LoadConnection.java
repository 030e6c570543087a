package io.tidewire.app;

import java.nio.ByteBuffer;

/** What a load generator's connection does with the bytes that come. */
interface LoadConnection {
    void feed(ByteBuffer bytes);

    LoadSocket socket();
}
