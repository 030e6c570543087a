/** What a test of Tidewire needs: the contract every log keeps, a loop moved by hand, a client that waits. */
@NullMarked
package io.tidewire.testkit;

import org.jspecify.annotations.NullMarked;
