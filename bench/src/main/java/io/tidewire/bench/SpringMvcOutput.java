package io.tidewire.bench;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpOutputMessage;

/** Collects what Spring MVC would send. */
final class SpringMvcOutput implements HttpOutputMessage {

    private final HttpHeaders headers = new HttpHeaders();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    @Override
    public OutputStream getBody() {
        return body;
    }

    @Override
    public HttpHeaders getHeaders() {
        return headers;
    }

    /** {@return the bytes since the last call} */
    byte[] take() {
        byte[] bytes = body.toByteArray();
        body.reset();
        return bytes;
    }
}
