/** A client of Server-Sent Events that reconnects, resumes and keeps its place; start at {@link EventSource}. */
@NullMarked
package io.tidewire.client;

import org.jspecify.annotations.NullMarked;
