@NullMarked
package io.tidewire.testkit;

import org.jspecify.annotations.NullMarked;
