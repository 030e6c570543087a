@NullMarked
package io.tidewire.log;

import org.jspecify.annotations.NullMarked;
