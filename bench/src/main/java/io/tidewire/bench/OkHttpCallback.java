package io.tidewire.bench;

import okhttp3.sse.internal.ServerSentEventReader;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.Blackhole;

/** Consumes what OkHttp's reader finds. */
final class OkHttpCallback implements ServerSentEventReader.Callback {

    private final Blackhole hole;

    OkHttpCallback(Blackhole hole) {
        this.hole = hole;
    }

    @Override
    public void onEvent(@Nullable String id, @Nullable String type, String data) {
        hole.consume(id);
        hole.consume(type);
        hole.consume(data);
    }

    @Override
    public void onRetryChange(long timeMs) {
        hole.consume(timeMs);
    }
}
