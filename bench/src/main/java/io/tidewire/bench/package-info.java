/** JMH benchmarks of the wire format beside those of other Java libraries. */
@NullMarked
package io.tidewire.bench;

import org.jspecify.annotations.NullMarked;
