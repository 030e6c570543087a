package io.tidewire.bench;

import io.tidewire.sse.DecodedEvent;
import io.tidewire.sse.DecoderLimits;
import io.tidewire.sse.EventDecoder;
import io.tidewire.sse.EventSink;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import okhttp3.sse.internal.ServerSentEventReader;
import okio.Okio;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;
import org.springframework.core.ResolvableType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.codec.ServerSentEventHttpMessageReader;

/**
 * Reads a mebibyte in chunks of 16 KiB, as a socket gives them: one operation is one MiB. All but the view make a
 * String of every data and id, as the peers can do no less.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class ParseBenchmark {

    private static final ResolvableType TEXT_EVENT =
            ResolvableType.forClassWithGenerics(ServerSentEvent.class, String.class);

    /** Which events. */
    @Param
    public Workload workload = Workload.TOKENS;

    private byte[] stream = {};
    private final ServerSentEventHttpMessageReader spring = new ServerSentEventHttpMessageReader();

    /** Makes the bytes. */
    @Setup
    public void prepare() {
        stream = workload.stream();
    }

    /** Ours, with Strings. */
    @Benchmark
    public void tidewire(Blackhole hole) {
        decode(event -> consume(event, hole));
    }

    /** Ours, without a String of the data: what a proxy needs. */
    @Benchmark
    public void tidewireView(Blackhole hole) {
        decode(event -> hole.consume(event.dataLength()));
    }

    private void decode(EventSink sink) {
        var decoder = new EventDecoder(DecoderLimits.defaults(), sink);
        for (int at = 0; at < stream.length; at += Chunks.BYTES) {
            decoder.feed(stream, at, Chunks.BYTES);
        }
    }

    private static void consume(DecodedEvent event, Blackhole hole) {
        hole.consume(event.lastEventId());
        hole.consume(event.type());
        hole.consume(event.data());
    }

    /** OkHttp's reader. */
    @Benchmark
    public void okhttp(Blackhole hole) throws IOException {
        var reader = new ServerSentEventReader(Okio.buffer(new Chunks(stream)), new OkHttpCallback(hole));
        while (reader.processNextEvent()) {
            // The callback consumes.
        }
    }

    /** Spring WebFlux's reader. */
    @Benchmark
    public void spring(Blackhole hole) {
        spring.read(TEXT_EVENT, new SpringInput(stream), Map.of())
                .doOnNext(hole::consume)
                .blockLast();
    }
}
