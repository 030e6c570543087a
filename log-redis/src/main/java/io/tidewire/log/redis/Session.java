package io.tidewire.log.redis;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Connections to one Redis node that live and die together: if one is of no use any more, all are made anew. Each has a
 * purpose, so that none waits for another's answer. Safe for any thread.
 */
final class Session {
    private final Address node;
    private final StatefulRedisConnection<byte[], byte[]> appends;
    private final StatefulRedisConnection<byte[], byte[]> reads;
    private final StatefulRedisConnection<byte[], byte[]> tail;
    private final StatefulRedisPubSubConnection<byte[], byte[]> bus;
    private final Start start;

    /**
     * What the log was like when the connections were made.
     *
     * @param epoch which life of which log
     * @param last the newest entry by then
     */
    record Start(long epoch, long last) {}

    Session(
            NodeFinder.Found node,
            StatefulRedisConnection<byte[], byte[]> reads,
            StatefulRedisConnection<byte[], byte[]> tail,
            StatefulRedisPubSubConnection<byte[], byte[]> bus,
            Start start) {
        this.node = node.address();
        this.appends = node.connection();
        this.reads = reads;
        this.tail = tail;
        this.bus = bus;
        this.start = start;
    }

    Address node() {
        return node;
    }

    /** {@return for writing; {@code WAIT} may block it} */
    StatefulRedisConnection<byte[], byte[]> appends() {
        return appends;
    }

    /** {@return for pages, messages and clearing away} */
    StatefulRedisConnection<byte[], byte[]> reads() {
        return reads;
    }

    /** {@return for waiting for new entries} */
    StatefulRedisConnection<byte[], byte[]> tail() {
        return tail;
    }

    /** {@return for being sent messages} */
    StatefulRedisPubSubConnection<byte[], byte[]> bus() {
        return bus;
    }

    Start start() {
        return start;
    }

    List<StatefulConnection<byte[], byte[]>> all() {
        return List.of(appends, reads, tail, bus);
    }

    void close() {
        all().forEach(StatefulConnection::closeAsync);
    }

    /** Runs a script; if Redis does not know it, once more with its text. */
    static CompletableFuture<List<Object>> run(
            StatefulRedisConnection<byte[], byte[]> connection, Script script, byte[][] keys, byte[][] arguments) {
        CompletionStage<List<Object>> first =
                connection.async().evalsha(script.digest(), ScriptOutputType.MULTI, keys, arguments);
        CompletableFuture<List<Object>> result = new CompletableFuture<>();
        first.whenComplete((answer, failure) -> {
            if (failure == null) {
                result.complete(answer);
            } else if (Fault.of(failure).kind() == Fault.Kind.NO_SCRIPT) {
                connection
                        .async()
                        .<List<Object>>eval(script.text(), ScriptOutputType.MULTI, keys, arguments)
                        .whenComplete((again, second) -> complete(result, again, second));
            } else {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    private static void complete(CompletableFuture<List<Object>> result, List<Object> answer, Throwable failure) {
        if (failure == null) {
            result.complete(answer);
        } else {
            result.completeExceptionally(failure);
        }
    }

    /** {@return the same, failed if it takes longer} */
    static <T> CompletableFuture<T> within(Duration timeout, CompletableFuture<T> answer) {
        return answer.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }
}
