/**
 * Streams: append-only sequences of messages with a name, which are read from any place and followed as they grow.
 */
@NullMarked
package io.tidewire.stream;

import org.jspecify.annotations.NullMarked;
