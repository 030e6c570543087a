package io.tidewire.log.redis;

import io.lettuce.core.RedisCommandExecutionException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at a Redis before it is used. Warns once of each risk. Safe for any thread. */
final class ServerCheck {
    private static final Logger LOG = LoggerFactory.getLogger(ServerCheck.class);

    /** XADD and XTRIM by MINID, and exclusive ranges. */
    private static final int MAJOR = 6;

    private static final int MINOR = 2;

    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    void requireUsable(Address address, ServerInfo info) {
        if (info.isOlderThan(MAJOR, MINOR)) {
            throw new IllegalStateException(
                    "redis: version " + info.version() + " at " + address + " (expected: 6.2 or later)");
        }
    }

    void requireMaster(Address address, ServerInfo info) {
        if (info.isReplica()) {
            throw new RedisCommandExecutionException("READONLY " + address + " is a replica");
        }
    }

    void warn(Address address, ServerInfo info) {
        String policy = info.evictionPolicy();
        if (!policy.isEmpty() && !policy.equals("noeviction")) {
            once(
                    "Redis at {} evicts keys when its memory is full (maxmemory-policy {}): it would throw away the whole"
                            + " history at once. Set maxmemory-policy noeviction",
                    address,
                    policy);
        }
        if (!info.isAppendOnly()) {
            once(
                    "Redis at {} has no append-only file (appendonly {}): a restart loses acknowledged events. Set"
                            + " appendonly yes, and appendfsync always if not even the last second may be lost",
                    address,
                    "no");
        }
    }

    private void once(String message, Address address, String value) {
        if (warned.add(message)) {
            LOG.warn(message, address, value);
        }
    }
}
