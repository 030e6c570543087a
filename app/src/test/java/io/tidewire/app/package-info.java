@NullMarked
package io.tidewire.app;

import org.jspecify.annotations.NullMarked;
