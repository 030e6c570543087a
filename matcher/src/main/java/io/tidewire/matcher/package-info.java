/** Topic matchers of the Mercure protocol: URL patterns and URI templates, matched in linear time. */
@NullMarked
package io.tidewire.matcher;

import org.jspecify.annotations.NullMarked;
