/** Hubs that are killed, stores that stand still, deployments: under load, with every event accounted for. Run by {@code bench/faults}. */
@NullMarked
package io.tidewire.app.faults;

import org.jspecify.annotations.NullMarked;
