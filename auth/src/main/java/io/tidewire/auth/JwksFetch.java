package io.tidewire.auth;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Fetches a key set once: bounded in bytes and time, without redirects, blocking nobody. Thread-safe. */
final class JwksFetch {
    /** A dozen keys with certificate chains stay well below. */
    static final int MAX_BODY_BYTES = 256 << 10;

    private static final Pattern MAX_AGE =
            Pattern.compile("(?:^|[,\\s])max-age=\"?(\\d{1,9})", Pattern.CASE_INSENSITIVE);

    /** What came: the keys, and for how long the issuer says they may be kept (null if it does not say). */
    record Fetched(List<VerificationKey> keys, @Nullable Duration maxAge) {}

    private final HttpClient client;
    private final HttpRequest request;
    private final Duration timeout;

    JwksFetch(URI uri, Duration timeout) {
        this.timeout = timeout;
        this.request = HttpRequest.newBuilder(uri)
                .header("Accept", "application/jwk-set+json, application/json")
                .timeout(timeout)
                .build();
        // Redirects could lead away from https, or into our own network.
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout)
                .build();
    }

    CompletableFuture<Fetched> fetch() {
        CompletableFuture<HttpResponse<byte[]>> response =
                client.sendAsync(request, info -> new BoundedBody(MAX_BODY_BYTES));
        // The request's own timeout ends with the head (JDK-8208693), so the body has this one.
        return response.copy()
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((done, failure) -> response.cancel(true))
                .thenApply(this::read);
    }

    private Fetched read(HttpResponse<byte[]> response) {
        try {
            if (response.statusCode() != 200) {
                throw new IOException("status: " + response.statusCode() + " (expected: 200)");
            }
            String type = response.headers().firstValue("Content-Type").orElse("none");
            if (!isJson(type)) {
                throw new IOException("content type: " + Quoted.of(type) + " (expected: JSON)");
            }
            return new Fetched(JwkSet.parse(response.body()), maxAge(response));
        } catch (IOException | JsonSyntaxException e) {
            throw new CompletionException(e);
        }
    }

    private static boolean isJson(String contentType) {
        int parameters = contentType.indexOf(';');
        String type = (parameters < 0 ? contentType : contentType.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
        return type.equals("application/json") || (type.startsWith("application/") && type.endsWith("+json"));
    }

    private static @Nullable Duration maxAge(HttpResponse<?> response) {
        Matcher matcher = MAX_AGE.matcher(String.join(",", response.headers().allValues("Cache-Control")));
        return matcher.find() ? Duration.ofSeconds(Long.parseLong(matcher.group(1))) : null;
    }
}
