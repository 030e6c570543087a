package io.tidewire.hub;

import io.tidewire.log.AppendResult;
import io.tidewire.log.Audience;
import io.tidewire.log.Cursor;
import io.tidewire.log.MemoryLog;
import io.tidewire.log.MessageBus;
import io.tidewire.log.Retention;
import io.tidewire.log.Update;
import java.time.Instant;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A hub with one shard, one thread and a clock of its own. */
final class TestHub implements AutoCloseable {
    final VirtualLoop loop = new VirtualLoop();
    final Hub hub;
    final Shard shard;

    TestHub(HubConfig config, Retention retention, ConnectionListener listener, long seed) {
        Random random = new Random(seed);
        hub = builder(retention, random).config(config).listener(listener).build();
        shard = hub.addShard(loop);
    }

    /** One of several on the same bus. */
    TestHub(MessageBus bus, long seed) {
        hub = builder(Retention.defaults(), new Random(seed)).bus(bus).build();
        shard = hub.addShard(loop);
    }

    private Hub.Builder builder(Retention retention, Random random) {
        return Hub.builder(new MemoryLog(retention, this::now, random))
                .clock(this::now)
                .random(random);
    }

    static TestHub standard() {
        return new TestHub(HubConfig.defaults(), Retention.defaults(), ConnectionListener.NONE, 1);
    }

    static TestHub with(HubConfig config) {
        return new TestHub(config, Retention.defaults(), ConnectionListener.NONE, 1);
    }

    private Instant now() {
        return Instant.ofEpochMilli(1_700_000_000_000L + loop.nowMillis());
    }

    /** Publishes and delivers. */
    @Nullable
    String publish(String topic, String data) {
        return publish(Update.to(topic).data(data).build());
    }

    @Nullable
    String publish(Update update) {
        String id = publishOnly(update);
        loop.run();
        return id;
    }

    @Nullable
    String publishTo(Audience audience, String data) {
        return publish(Update.to(audience).data(data).build());
    }

    /** Publishes without letting the shard run. */
    @Nullable
    String publishOnly(Update update) {
        AppendResult result = hub.publish(update).toCompletableFuture().join();
        return result.id();
    }

    /** A client and its subscription. */
    record Client(Reader reader, Subscription subscription, ResumeVerdict verdict) {
        void drain() {
            reader.takeAll();
            subscription.drained();
        }
    }

    Client open(SubscriptionRequest request) {
        return open(request, new Reader());
    }

    Client open(SubscriptionRequest request, Reader reader) {
        Opening opening = shard.open(request).toCompletableFuture().join();
        return new Client(reader, opening.start(reader), opening.verdict());
    }

    Client open(String... selectors) {
        return open(SubscriptionRequest.to(selectors).build());
    }

    Client resume(String lastEventId, String... selectors) {
        return open(SubscriptionRequest.to(selectors)
                .cursor(new Cursor.After(lastEventId))
                .build());
    }

    @Override
    public void close() {
        hub.close();
    }
}
