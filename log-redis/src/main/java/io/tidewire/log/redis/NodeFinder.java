package io.tidewire.log.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.codec.ByteArrayCodec;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Finds the node that is to be written to: the one at the given address, the master that sentinels name, or the master of our
 * slot in a cluster. Safe for any thread.
 */
final class NodeFinder {
    private final Connector connector;
    private final Target target;
    private final RedisConfig config;
    private final int slot;
    private final ServerCheck check = new ServerCheck();

    NodeFinder(Connector connector, Target target, RedisConfig config) {
        this.connector = connector;
        this.target = target;
        this.config = config;
        this.slot = SlotHash.getSlot(new Keys(config.prefix()).events());
    }

    /**
     * A node and a connection to it.
     *
     * @param address where
     * @param connection open and authenticated
     */
    record Found(Address address, StatefulRedisConnection<byte[], byte[]> connection) {}

    CompletableFuture<Found> find() {
        return first(target.master() == null ? this::connect : this::askSentinel);
    }

    /** {@return the answer of the first address that has one} */
    private CompletableFuture<Found> first(Function<Address, CompletableFuture<Found>> attempt) {
        List<Address> addresses = target.addresses();
        CompletableFuture<Found> answer = attempt.apply(addresses.get(0));
        for (Address next : addresses.subList(1, addresses.size())) {
            answer = answer.handle((found, failure) ->
                            failure == null ? CompletableFuture.completedFuture(found) : attempt.apply(next))
                    .thenCompose(found -> found);
        }
        return answer;
    }

    private CompletableFuture<Found> askSentinel(Address sentinel) {
        var uri = connector.uri(sentinel, null, config.sentinelPassword()).build();
        return connector
                .opened(connector.client().connectSentinelAsync(ByteArrayCodec.INSTANCE, uri))
                .thenCompose(connection -> Session.within(
                                config.commandTimeout(),
                                connection
                                        .async()
                                        .getMasterAddrByName(Answers.bytes(String.valueOf(target.master())))
                                        .toCompletableFuture())
                        .whenComplete((address, failure) -> connection.closeAsync()))
                .thenCompose(address -> {
                    if (address instanceof InetSocketAddress master) {
                        return connect(new Address(master.getHostString(), master.getPort()));
                    }
                    throw new IllegalStateException("redis.uri: sentinel " + sentinel + " knows no master named "
                            + target.master() + " (expected: the name in its configuration)");
                });
    }

    private CompletableFuture<Found> connect(Address address) {
        return connector
                .connect(address)
                .thenCompose(connection -> Session.within(
                                config.commandTimeout(),
                                connection.async().info().toCompletableFuture())
                        .thenCompose(info -> checked(new Found(address, connection), new ServerInfo(info)))
                        .whenComplete((found, failure) -> {
                            if (failure != null || !found.connection().equals(connection)) {
                                connection.closeAsync();
                            }
                        }));
    }

    private CompletableFuture<Found> checked(Found found, ServerInfo info) {
        check.requireUsable(found.address(), info);
        if (info.isCluster()) {
            return Session.within(
                            config.commandTimeout(),
                            found.connection().async().clusterSlots().toCompletableFuture())
                    .thenCompose(slots -> toMaster(found, info, masterIn(slots, found.address())));
        }
        return settled(found, info);
    }

    private CompletableFuture<Found> toMaster(Found found, ServerInfo info, Address master) {
        if (master.equals(found.address())) {
            return settled(found, info);
        }
        return connector.connect(master).thenApply(connection -> new Found(master, connection));
    }

    private CompletableFuture<Found> settled(Found found, ServerInfo info) {
        check.requireMaster(found.address(), info);
        check.warn(found.address(), info);
        return CompletableFuture.completedFuture(found);
    }

    /** {@return who has our slot} */
    private Address masterIn(List<Object> slots, Address asked) {
        for (Object range : slots) {
            List<?> parts = (List<?>) range;
            if ((Long) parts.get(0) <= slot && slot <= (Long) parts.get(1)) {
                List<?> node = (List<?>) parts.get(2);
                String host = node.get(0) instanceof byte[] name ? Answers.text(name) : "";
                int port = ((Long) node.get(1)).intValue();
                return new Address(host.isEmpty() ? asked.host() : host, port); // none: the one it was asked by
            }
        }
        throw new IllegalStateException("redis: no node of the cluster has slot " + slot
                + " (expected: one for each; see redis-cli --cluster check " + asked + ")");
    }
}
