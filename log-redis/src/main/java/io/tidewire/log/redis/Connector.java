package io.tidewire.log.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes sessions. Safe for any thread; nothing blocks but {@link #close}. */
final class Connector implements AutoCloseable {
    /** Appends, reads, tail and bus: more threads than connections would idle. */
    private static final int IO_THREADS = 2;

    /**
     * What looks whether all under our keys is ours, and begins what is not there. Its answer is an epoch and the newest entry's
     * number, for what has them.
     */
    record Opening(Script script, byte[][] keys, Supplier<byte[][]> arguments) {}

    private final RedisConfig config;
    private final Target target;
    private final Opening opening;
    private final ClientResources resources;
    private final RedisClient client;
    private final NodeFinder finder;

    Connector(RedisConfig config, Opening opening) {
        this.config = config;
        this.target = config.target();
        this.opening = opening;
        this.resources = ClientResources.builder()
                .ioThreadPoolSize(IO_THREADS)
                .computationThreadPoolSize(IO_THREADS)
                .build();
        this.client = RedisClient.create(resources);
        client.setOptions(options());
        this.finder = new NodeFinder(this, target, config);
    }

    /*
     * Lettuce reconnects and sends again what was on its way; we do both ourselves, because an append may be sent again only with
     * its request's number, and because after a failover another node is the right one.
     */
    private ClientOptions options() {
        ClientOptions.Builder options = ClientOptions.builder()
                .autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .timeoutOptions(TimeoutOptions.create())
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(config.commandTimeout())
                        .keepAlive(true)
                        .build());
        if (target.tls()) {
            SslOptions.Builder tls = SslOptions.builder().jdkSslProvider().handshakeTimeout(config.commandTimeout());
            Path ca = config.caFile();
            if (ca != null) {
                File file = ca.toFile();
                if (!file.canRead()) {
                    throw new IllegalArgumentException(
                            "redis.ca-file: " + ca + " (expected: a readable file of PEM certificates)");
                }
                tls.trustManager(file);
            }
            options.sslOptions(tls.build());
        }
        return options.build();
    }

    /** {@return a URI without a place, to be given one} */
    RedisURI.Builder uri(Address address, @Nullable String user, @Nullable String password) {
        RedisURI.Builder uri = RedisURI.Builder.redis(address.host(), address.port())
                .withSsl(target.tls())
                .withVerifyPeer(config.verify() ? SslVerifyMode.FULL : SslVerifyMode.NONE)
                .withTimeout(config.commandTimeout());
        if (password != null && user != null) {
            uri.withAuthentication(user, password.toCharArray());
        } else if (password != null) {
            uri.withPassword(password.toCharArray());
        }
        return uri;
    }

    private RedisURI uri(Address address) {
        return uri(address, config.user(), config.password())
                .withDatabase(target.database())
                .withClientName("tidewire")
                .build();
    }

    RedisClient client() {
        return client;
    }

    CompletableFuture<StatefulRedisConnection<byte[], byte[]>> connect(Address address) {
        return opened(client.connectAsync(ByteArrayCodec.INSTANCE, uri(address)));
    }

    /** {@return the same, failed if it takes too long; if it then comes after all, it is closed} */
    <C extends StatefulConnection<byte[], byte[]>> CompletableFuture<C> opened(CompletionStage<C> opening) {
        CompletableFuture<C> bounded = new CompletableFuture<>();
        opening.whenComplete((connection, failure) -> {
            if (failure != null) {
                bounded.completeExceptionally(failure);
            } else if (!bounded.complete(connection)) {
                connection.closeAsync();
            }
        });
        return Session.within(config.commandTimeout().multipliedBy(2), bounded);
    }

    /** {@return connections to the node that is to be written to; everything is checked} */
    CompletableFuture<Session> open() {
        return finder.find().thenCompose(this::open);
    }

    private CompletableFuture<Session> open(NodeFinder.Found found) {
        List<StatefulConnection<byte[], byte[]>> made = new ArrayList<>();
        made.add(found.connection());
        CompletableFuture<StatefulRedisConnection<byte[], byte[]>> reads = connect(found.address());
        CompletableFuture<StatefulRedisConnection<byte[], byte[]>> tail = connect(found.address());
        CompletableFuture<StatefulRedisPubSubConnection<byte[], byte[]>> bus =
                opened(client.connectPubSubAsync(ByteArrayCodec.INSTANCE, uri(found.address())));
        for (CompletableFuture<? extends StatefulConnection<byte[], byte[]>> one : List.of(reads, tail, bus)) {
            one.thenAccept(connection -> keep(made, connection));
        }
        CompletableFuture<Session> session = CompletableFuture.allOf(reads, tail, bus)
                .thenCompose(all -> begin(found.connection()))
                .thenApply(log -> new Session(
                        found,
                        reads.join(),
                        tail.join(),
                        bus.join(),
                        new Session.Start(Answers.number(log.get(0)), Answers.number(log.get(1)))));
        return session.whenComplete((done, failure) -> {
            if (failure != null) {
                keep(made, null);
            }
        });
    }

    /** Remembers a connection to be closed if the session comes to nothing; null: it did. */
    private static void keep(
            List<StatefulConnection<byte[], byte[]>> made, @Nullable StatefulConnection<byte[], byte[]> connection) {
        synchronized (made) {
            if (connection != null && !made.isEmpty()) {
                made.add(connection);
            } else if (connection != null) {
                connection.closeAsync(); // the others are closed already
            } else {
                made.forEach(StatefulConnection::closeAsync);
                made.clear();
            }
        }
    }

    private CompletableFuture<List<Object>> begin(StatefulRedisConnection<byte[], byte[]> connection) {
        byte[][] arguments = opening.arguments().get();
        return Session.within(
                config.commandTimeout(), Session.run(connection, opening.script(), opening.keys(), arguments));
    }

    @Override
    public void close() {
        Duration patience = Duration.ofSeconds(2);
        client.shutdown(0, patience.toMillis(), TimeUnit.MILLISECONDS);
        resources.shutdown(0, patience.toMillis(), TimeUnit.MILLISECONDS);
    }
}
