@org.jspecify.annotations.NullMarked
package io.tidewire.log.sqlite;
