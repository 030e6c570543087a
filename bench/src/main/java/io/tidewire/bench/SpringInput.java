package io.tidewire.bench;

import java.nio.ByteBuffer;
import java.util.stream.IntStream;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ReactiveHttpInputMessage;
import reactor.core.publisher.Flux;

/** A stream as Spring WebFlux receives it. */
final class SpringInput implements ReactiveHttpInputMessage {

    private final byte[] stream;

    SpringInput(byte[] stream) {
        this.stream = stream;
    }

    @Override
    public Flux<DataBuffer> getBody() {
        int chunks = stream.length / Chunks.BYTES;
        return Flux.fromStream(IntStream.range(0, chunks).mapToObj(this::chunk));
    }

    private DataBuffer chunk(int index) {
        var whole = ByteBuffer.wrap(stream, index * Chunks.BYTES, Chunks.BYTES);
        return DefaultDataBufferFactory.sharedInstance.wrap(whole.slice());
    }

    @Override
    public HttpHeaders getHeaders() {
        return new HttpHeaders();
    }
}
