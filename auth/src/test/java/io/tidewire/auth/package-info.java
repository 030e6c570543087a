@NullMarked
package io.tidewire.auth;

import org.jspecify.annotations.NullMarked;
