package io.tidewire.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** OkHttp does not reconnect by itself; what its users do instead: open again with the last id they saw. */
class OkHttpResumeIT {
    private final HubProcess hub;
    private final OkHttpClient client =
            new OkHttpClient.Builder().readTimeout(Duration.ZERO).build();
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    OkHttpResumeIT() throws IOException, InterruptedException {
        hub = new HubProcess();
    }

    @AfterEach
    void stop() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
        hub.close();
    }

    private EventSource open(String lastEventId) {
        Request.Builder request = new Request.Builder().url(hub.url("/events?topic=news"));
        if (!lastEventId.isEmpty()) {
            request.header("Last-Event-ID", lastEventId);
        }
        return EventSources.createFactory(client).newEventSource(request.build(), new EventSourceListener() {
            @Override
            public void onEvent(EventSource from, @Nullable String id, @Nullable String type, String data) {
                events.add(id + " " + type + " " + data);
            }
        });
    }

    private String next() throws InterruptedException {
        return String.valueOf(events.poll(10, TimeUnit.SECONDS));
    }

    @Test
    void whatWasMissedComesOnceAndInOrder() throws Exception {
        EventSource source = open("");
        assertThat(next()).contains(" connected ", "\"resume\":\"new\"");
        String id = hub.publish("news", "headline", "one");
        assertThat(next()).isEqualTo(id + " headline one");
        source.cancel();
        hub.publish("news", "headline", "two");
        hub.publish("other", "headline", "not theirs");
        String third = hub.publish("news", "headline", "three");
        open(id);
        assertThat(next()).contains(" connected ", "\"resume\":\"full\"");
        assertThat(next()).endsWith(" headline two");
        assertThat(next()).isEqualTo(third + " headline three");
    }
}
