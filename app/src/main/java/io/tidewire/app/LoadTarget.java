package io.tidewire.app;

import java.net.InetSocketAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Where a load generator's subscribers connect to, and how.
 *
 * @param tls null for none
 * @param streamsPerConnection subscribers that share a connection of HTTP/2; 0 for HTTP/1.1, each with its own
 */
record LoadTarget(InetSocketAddress address, @Nullable SSLContext tls, int streamsPerConnection) {
    private static final int MAX_STREAMS = 100_000;

    LoadTarget {
        if (streamsPerConnection < 0 || streamsPerConnection > MAX_STREAMS) {
            throw new UsageException("--streams-per-connection: " + streamsPerConnection + " (expected: 1 to "
                    + MAX_STREAMS + ", and at most the hub's limits.streams-per-connection)");
        }
    }

    /** {@return the target that a URL names; {@code insecure} to take any certificate} */
    static LoadTarget of(URI uri, boolean insecure, int streamsPerConnection) {
        boolean secure = "https".equals(uri.getScheme());
        int usual = secure ? 443 : 80;
        return new LoadTarget(
                new InetSocketAddress(uri.getHost(), uri.getPort() < 0 ? usual : uri.getPort()),
                secure ? context(insecure) : null,
                streamsPerConnection);
    }

    boolean isHttp2() {
        return streamsPerConnection > 0;
    }

    String host() {
        return address.getHostString();
    }

    private static SSLContext context(boolean insecure) {
        try {
            if (!insecure) {
                return SSLContext.getDefault();
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustAnyone()}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new CommandFailure("this Java has no TLS: " + e.getMessage(), e);
        }
    }

    private static final class TrustAnyone implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
