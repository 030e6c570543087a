/** What an ordered, resumable event log promises, and the one that keeps its events in memory. */
@NullMarked
package io.tidewire.log;

import org.jspecify.annotations.NullMarked;
