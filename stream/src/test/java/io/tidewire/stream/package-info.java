@NullMarked
package io.tidewire.stream;

import org.jspecify.annotations.NullMarked;
