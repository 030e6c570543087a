/** Tests of the client: against a server that fails in every way, and against strangers. */
@NullMarked
package io.tidewire.client;

import org.jspecify.annotations.NullMarked;
