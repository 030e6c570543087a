@NullMarked
package io.tidewire.hub;

import org.jspecify.annotations.NullMarked;
