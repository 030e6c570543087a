package io.tidewire.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Headers;
import okhttp3.OkHttpClient;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

// transport:start
/** Event sources over OkHttp, whose own retries and redirects are switched off. */
final class OkHttpTransport implements Transport {
    private final OkHttpClient client;

    OkHttpTransport(OkHttpClient client) {
        this.client = client.newBuilder()
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .build();
    }

    @Override
    public Exchange start(Request request) {
        Headers.Builder headers = new Headers.Builder();
        request.headers().forEach(headers::addUnsafeNonAscii);
        boolean hasBody = request.body().length > 0 || request.method().startsWith("P"); // POST, PUT, PATCH
        return new OkHttpExchange(new okhttp3.Request.Builder()
                .url(request.uri().toString())
                .headers(headers.build())
                .method(request.method(), hasBody ? RequestBody.create(request.body()) : null)
                .build());
    }

    @Override
    public boolean sendsUtf8Headers() {
        return true;
    }

    @Override
    public void close() {} // the client belongs to who made it

    private final class OkHttpExchange implements Exchange {
        private final okhttp3.Request request;
        private volatile @Nullable Call call;
        private volatile boolean closed;
        private @Nullable Response response;

        OkHttpExchange(okhttp3.Request request) {
            this.request = request;
        }

        @Override
        public Optional<Answer> answer(Duration timeout) throws IOException {
            Call started = client.newBuilder().readTimeout(timeout).build().newCall(request);
            call = started;
            if (closed) {
                throw new IOException("exchange: closed (expected: open)");
            }
            try {
                Response answer = started.execute();
                response = answer;
                return Optional.of(new Answer(answer.code(), answer.headers().toMultimap()));
            } catch (InterruptedIOException e) {
                return Optional.empty();
            }
        }

        @Override
        public int read(byte[] into, Duration timeout) throws IOException {
            BufferedSource source =
                    java.util.Objects.requireNonNull(response).body().source();
            source.timeout().timeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
            try {
                return source.read(into);
            } catch (InterruptedIOException e) {
                return NOTHING;
            }
        }

        @Override
        public void close() {
            closed = true;
            Call started = call;
            if (started != null) {
                started.cancel();
            }
        }
    }
}
// transport:end
