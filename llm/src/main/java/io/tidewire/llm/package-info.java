/**
 * What language models stream: the dialects of their answers, the way to an upstream, and a stand-in for one.
 */
@NullMarked
package io.tidewire.llm;

import org.jspecify.annotations.NullMarked;
