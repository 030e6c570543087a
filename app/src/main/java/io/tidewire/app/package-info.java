/** The command: configuration, the choice of the log, the command line. */
@NullMarked
package io.tidewire.app;

import org.jspecify.annotations.NullMarked;
