package io.tidewire.bench;

import java.util.function.Supplier;
import org.openjdk.jmh.infra.Blackhole;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ReactiveHttpOutputMessage;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Consumes what Spring WebFlux would send. */
final class SpringOutput implements ReactiveHttpOutputMessage {

    private final HttpHeaders headers = new HttpHeaders();
    private final Blackhole hole;

    SpringOutput(Blackhole hole) {
        this.hole = hole;
    }

    @Override
    public DataBufferFactory bufferFactory() {
        return DefaultDataBufferFactory.sharedInstance;
    }

    @Override
    public void beforeCommit(Supplier<? extends Mono<Void>> action) {}

    @Override
    public boolean isCommitted() {
        return false;
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        return Flux.from(body).doOnNext(hole::consume).then();
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        return Flux.from(body).concatMap(this::writeWith).then();
    }

    @Override
    public Mono<Void> setComplete() {
        return Mono.empty();
    }

    @Override
    public HttpHeaders getHeaders() {
        return headers;
    }
}
