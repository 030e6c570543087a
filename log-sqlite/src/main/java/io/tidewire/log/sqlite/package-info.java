/** A log that outlives its process: one file, group commit. */
@org.jspecify.annotations.NullMarked
package io.tidewire.log.sqlite;
