package io.tidewire.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidewire.sse.EventEncoder;
import io.tidewire.sse.ServerSentEvent;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
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
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEventHttpMessageWriter;
import org.springframework.http.converter.StringHttpMessageConverter;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter.DataWithMediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import reactor.core.publisher.Flux;

/** Writes the events of a mebibyte, each to bytes of its own: one operation is about one MiB. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class EncodeBenchmark {

    private static final ResolvableType TEXT_EVENT =
            ResolvableType.forClassWithGenerics(org.springframework.http.codec.ServerSentEvent.class, String.class);

    /** Which events. */
    @Param
    public Workload workload = Workload.TOKENS;

    private List<ServerSentEvent> events = List.of();
    private List<org.springframework.http.codec.ServerSentEvent<String>> springEvents = List.of();
    private final EventEncoder encoder = new EventEncoder();
    private final StringHttpMessageConverter converter = new StringHttpMessageConverter(UTF_8);
    private final ServerSentEventHttpMessageWriter spring = new ServerSentEventHttpMessageWriter();

    /** Makes the events. */
    @Setup
    public void prepare() {
        events = workload.events();
        springEvents = events.stream().map(EncodeBenchmark::toSpring).toList();
    }

    private static org.springframework.http.codec.ServerSentEvent<String> toSpring(ServerSentEvent event) {
        return org.springframework.http.codec.ServerSentEvent.<String>builder()
                .id(Objects.requireNonNull(event.id()))
                .data(Objects.requireNonNull(event.data()))
                .build();
    }

    /** Ours. */
    @Benchmark
    public void tidewire(Blackhole hole) {
        for (ServerSentEvent event : events) {
            encoder.clear();
            hole.consume(encoder.add(event).toByteArray());
        }
    }

    /** Ours, sixteen KiB or so at a time, as for a socket. */
    @Benchmark
    public void tidewireBatch(Blackhole hole) {
        encoder.clear();
        for (ServerSentEvent event : events) {
            if (encoder.add(event).size() >= Chunks.BYTES) {
                hole.consume(encoder.toByteArray());
                encoder.clear();
            }
        }
        hole.consume(encoder.toByteArray());
    }

    /** Spring WebFlux's writer. */
    @Benchmark
    public void springWriter(Blackhole hole) {
        spring.write(
                        Flux.fromIterable(springEvents),
                        TEXT_EVENT,
                        MediaType.TEXT_EVENT_STREAM,
                        new SpringOutput(hole),
                        Map.of())
                .block();
    }

    /** Spring MVC's builder, its parts written as the emitter has them written. */
    @Benchmark
    public void springEmitter(Blackhole hole) throws IOException {
        var output = new SpringMvcOutput();
        for (ServerSentEvent event : events) {
            var parts = SseEmitter.event()
                    .id(Objects.requireNonNull(event.id()))
                    .data(Objects.requireNonNull(event.data()))
                    .build();
            for (DataWithMediaType part : parts) {
                converter.write(part.getData().toString(), part.getMediaType(), output);
            }
            hole.consume(output.take());
        }
    }
}
