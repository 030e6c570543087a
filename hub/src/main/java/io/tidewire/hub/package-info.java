/**
 * The engine: publish, subscribe, fan-out, resume. It knows no HTTP: a transport hands it event loops and outlets.
 *
 * <p>More public types than our budget of twelve, because the engine is an API to its transports as well as to
 * applications.
 */
@NullMarked
package io.tidewire.hub;

import org.jspecify.annotations.NullMarked;
