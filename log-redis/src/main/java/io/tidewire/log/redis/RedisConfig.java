package io.tidewire.log.redis;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which Redis, and how to treat it. Immutable; neither its text nor any message about it has the password.
 *
 * <pre>{@code
 * RedisConfig.of("redis://localhost")
 * RedisConfig.of("rediss://hub:secret@redis.internal:6380/2").withCaFile(Path.of("ca.pem"))
 * RedisConfig.of("redis-sentinel://s1,s2,s3#mymaster").withCredentials("hub", "secret").withMinReplicas(1)
 * RedisConfig.of("redis://node1", "redis://node2", "redis://node3")       // a cluster
 * }</pre>
 *
 * @param uris {@code redis[s]://host[:port][/database]}, several for a cluster, or {@code
 *     redis[s]-sentinel://host[:port],...[/database]#master}; without credentials
 * @param user the ACL user, or null for Redis's default one
 * @param password its password, or null
 * @param sentinelPassword the password of the sentinels, or null
 * @param caFile certificates (PEM) that Redis's own is checked against, or null for those of the JDK
 * @param verify whether Redis's certificate is checked at all
 * @param prefix what the names of all our keys begin with; hubs with the same prefix are one cluster
 * @param appendWait how long an append waits for a Redis that cannot be reached before it fails; none: it fails at once
 * @param commandTimeout how long Redis may take for an answer before the connection is given up
 * @param minReplicas how many replicas must have an event before it is acknowledged
 */
public record RedisConfig(
        List<String> uris,
        @Nullable String user,
        @Nullable String password,
        @Nullable String sentinelPassword,
        @Nullable Path caFile,
        boolean verify,
        String prefix,
        Duration appendWait,
        Duration commandTimeout,
        int minReplicas) {

    /** Longest {@link #appendWait}: Redis remembers an append's outcome for longer than that, for our retries. */
    public static final Duration MAX_APPEND_WAIT = Duration.ofMinutes(5);

    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._:/-]{1,100}");
    private static final Duration MIN_TIMEOUT = Duration.ofMillis(100);
    private static final Duration MAX_TIMEOUT = Duration.ofMinutes(1);
    private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_REPLICAS = 100;

    /**
     * Checks every setting.
     *
     * @throws IllegalArgumentException naming the setting, its value and the rule
     */
    public RedisConfig {
        uris = List.copyOf(uris);
        if (uris.stream().anyMatch(uri -> Target.credentials(uri)[1] != null)) {
            throw new IllegalArgumentException("redis.uri: has credentials (expected: none here; see withCredentials)");
        }
        Target.parse(uris);
        if (user != null && password == null) {
            throw new IllegalArgumentException("redis.password: none for user " + user + " (expected: one)");
        }
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException("redis.prefix: " + prefix + " (expected: " + PREFIX + ")");
        }
        if (appendWait.isNegative() || appendWait.compareTo(MAX_APPEND_WAIT) > 0) {
            throw new IllegalArgumentException(
                    "redis.append-wait: " + appendWait + " (expected: 0 to " + MAX_APPEND_WAIT + ")");
        }
        if (commandTimeout.compareTo(MIN_TIMEOUT) < 0 || commandTimeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("redis.command-timeout: " + commandTimeout + " (expected: " + MIN_TIMEOUT
                    + " to " + MAX_TIMEOUT + ")");
        }
        if (minReplicas < 0 || minReplicas > MAX_REPLICAS) {
            throw new IllegalArgumentException(
                    "redis.min-replicas: " + minReplicas + " (expected: 0 to " + MAX_REPLICAS + ")");
        }
    }

    /**
     * {@return what connects to this Redis, the rest being usual: prefix {@code tidewire}, no waiting, 5 s for an answer}
     * Credentials are taken from the first URI that has some.
     *
     * @throws IllegalArgumentException if it is none of the forms above
     */
    public static RedisConfig of(String... uris) {
        String user = null;
        String password = null;
        for (String uri : uris) {
            @Nullable String[] found = Target.credentials(uri);
            if (password == null && found[1] != null) {
                user = found[0];
                password = found[1];
            }
        }
        List<String> bare = Arrays.stream(uris).map(Target::withoutCredentials).toList();
        return new RedisConfig(bare, user, password, null, null, true, "tidewire", Duration.ZERO, USUAL_TIMEOUT, 0);
    }

    /** {@return a copy with another user and password} */
    public RedisConfig withCredentials(@Nullable String name, @Nullable String secret) {
        return new RedisConfig(
                uris, name, secret, sentinelPassword, caFile, verify, prefix, appendWait, commandTimeout, minReplicas);
    }

    /** {@return a copy with another password of the sentinels} */
    public RedisConfig withSentinelPassword(@Nullable String secret) {
        return new RedisConfig(
                uris, user, password, secret, caFile, verify, prefix, appendWait, commandTimeout, minReplicas);
    }

    /** {@return a copy that checks Redis's certificate against these} */
    public RedisConfig withCaFile(@Nullable Path file) {
        return new RedisConfig(
                uris, user, password, sentinelPassword, file, verify, prefix, appendWait, commandTimeout, minReplicas);
    }

    /** {@return a copy that checks Redis's certificate, or not: then anyone on the way can read and change everything} */
    public RedisConfig withVerify(boolean value) {
        return new RedisConfig(
                uris, user, password, sentinelPassword, caFile, value, prefix, appendWait, commandTimeout, minReplicas);
    }

    /** {@return a copy with another prefix} */
    public RedisConfig withPrefix(String value) {
        return new RedisConfig(
                uris, user, password, sentinelPassword, caFile, verify, value, appendWait, commandTimeout, minReplicas);
    }

    /** {@return a copy with another bound of waiting} */
    public RedisConfig withAppendWait(Duration value) {
        return new RedisConfig(
                uris, user, password, sentinelPassword, caFile, verify, prefix, value, commandTimeout, minReplicas);
    }

    /** {@return a copy with another bound of answering} */
    public RedisConfig withCommandTimeout(Duration value) {
        return new RedisConfig(
                uris, user, password, sentinelPassword, caFile, verify, prefix, appendWait, value, minReplicas);
    }

    /** {@return a copy that acknowledges what so many replicas have} */
    public RedisConfig withMinReplicas(int value) {
        return new RedisConfig(
                uris, user, password, sentinelPassword, caFile, verify, prefix, appendWait, commandTimeout, value);
    }

    Target target() {
        return Target.parse(uris);
    }

    @Override
    public String toString() {
        return "RedisConfig" + uris + " user " + user + ", prefix " + prefix;
    }
}
