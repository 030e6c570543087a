package io.tidewire.log.redis;

import java.util.HashMap;
import java.util.Map;

/** What {@code INFO} says. Immutable. */
final class ServerInfo {
    private final Map<String, String> fields = new HashMap<>();

    ServerInfo(String text) {
        text.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(line.substring(0, colon), line.substring(colon + 1).trim());
            }
        });
    }

    private String get(String field) {
        return fields.getOrDefault(field, "");
    }

    String version() {
        return get("redis_version");
    }

    boolean isOlderThan(int major, int minor) {
        String[] parts = version().split("\\.");
        try {
            int actual = Integer.parseInt(parts[0]);
            return actual < major || (actual == major && parts.length > 1 && Integer.parseInt(parts[1]) < minor);
        } catch (NumberFormatException e) {
            return false; // something that speaks like Redis and counts otherwise
        }
    }

    boolean isCluster() {
        return get("redis_mode").equals("cluster") || get("cluster_enabled").equals("1");
    }

    boolean isReplica() {
        return get("role").equals("slave");
    }

    String evictionPolicy() {
        return get("maxmemory_policy");
    }

    boolean isAppendOnly() {
        return !get("aof_enabled").equals("0");
    }
}
