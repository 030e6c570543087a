package io.tidewire.server;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Posts signed JSON: bounded in time and in what is read back, without redirects, blocking nobody. Thread-safe. */
final class HookClient {
    private final HookEndpoint endpoint;
    private final WebhookSignature signature;
    private final Duration timeout;
    private final int maxAnswerBytes;
    private final InstantSource clock;
    private final HttpClient client;

    HookClient(
            HookEndpoint endpoint,
            WebhookSignature signature,
            Duration timeout,
            int maxAnswerBytes,
            InstantSource clock) {
        this.endpoint = endpoint;
        this.signature = signature;
        this.timeout = timeout;
        this.maxAnswerBytes = maxAnswerBytes;
        this.clock = clock;
        // Redirects could lead away from https, or into our own network.
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout)
                .build();
    }

    /** {@return where it posts to, as logs may show it} */
    HookEndpoint endpoint() {
        return endpoint;
    }

    /** {@return the answer, whatever its status; fails if there is none in time} */
    CompletableFuture<HookAnswer> post(String id, byte[] body) {
        long timestamp = clock.instant().getEpochSecond(); // of this attempt: a receiver refuses old ones
        HttpRequest request = HttpRequest.newBuilder(endpoint.uri())
                .header("Content-Type", "application/json")
                .header("User-Agent", "Tidewire")
                .header("webhook-id", id)
                .header("webhook-timestamp", Long.toString(timestamp))
                .header("webhook-signature", signature.of(id, timestamp, body))
                .timeout(timeout)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        CompletableFuture<HttpResponse<BoundedAnswer.Part>> response =
                client.sendAsync(request, info -> new BoundedAnswer(maxAnswerBytes));
        // The request's own timeout ends with the head (JDK-8208693), so the body has this one.
        return response.copy()
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((done, failure) -> response.cancel(true))
                .thenApply(this::answer);
    }

    private HookAnswer answer(HttpResponse<BoundedAnswer.Part> response) {
        return new HookAnswer(
                response.statusCode(),
                HookAnswer.retryAfter(response.headers(), clock.instant()),
                response.body().bytes(),
                response.body().truncated());
    }
}
