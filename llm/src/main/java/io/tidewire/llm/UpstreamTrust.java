package io.tidewire.llm;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whose certificates are taken: the JVM's authorities, and a company's own beside them. */
final class UpstreamTrust {
    private UpstreamTrust() {}

    static TrustManagerFactory with(List<X509Certificate> own) {
        try {
            TrustManagerFactory usual = factory(null);
            if (own.isEmpty()) {
                return usual;
            }
            List<X509Certificate> all = new ArrayList<>(own);
            for (TrustManager manager : usual.getTrustManagers()) {
                if (manager instanceof X509TrustManager authorities) {
                    all.addAll(List.of(authorities.getAcceptedIssuers()));
                }
            }
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < all.size(); i++) {
                store.setCertificateEntry("authority-" + i, all.get(i));
            }
            return factory(store);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException(
                    "trusted certificates: cannot be used (expected: X.509 certificates)", e);
        }
    }

    private static TrustManagerFactory factory(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }
}
