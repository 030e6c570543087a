/** The wire format of Server-Sent Events: an encoder that cannot be injected into and an incremental decoder. */
@NullMarked
package io.tidewire.sse;

import org.jspecify.annotations.NullMarked;
