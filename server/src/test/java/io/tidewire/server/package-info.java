@NullMarked
package io.tidewire.server;

import org.jspecify.annotations.NullMarked;
