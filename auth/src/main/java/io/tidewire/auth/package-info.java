/** Who may publish and subscribe: keys, and the tokens that they sign. */
@NullMarked
package io.tidewire.auth;

import org.jspecify.annotations.NullMarked;
