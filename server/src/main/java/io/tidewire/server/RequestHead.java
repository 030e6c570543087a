package io.tidewire.server;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a request says before its body. Immutable.
 *
 * @param method the method, in capitals
 * @param path the path, decoded, without the query
 * @param query the query's parameters, decoded
 * @param headers the header fields, by lower-case name; of repeated ones the first
 * @param remote the client's address, as trusted proxies tell it
 */
public record RequestHead(
        String method, String path, Map<String, List<String>> query, Map<String, String> headers, String remote) {

    /** {@return the header's value, or null} */
    public @Nullable String header(String lowerCaseName) {
        return headers.get(lowerCaseName);
    }

    /** {@return the first value of a query parameter, or null} */
    public @Nullable String parameter(String name) {
        List<String> values = query.get(name);
        return values == null || values.isEmpty() ? null : values.get(0);
    }

    /** {@return all values of a query parameter} */
    public List<String> parameters(String name) {
        return query.getOrDefault(name, List.of());
    }
}
