package io.tidewire.server;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server's certificate, ready for TLS and QUIC, and made anew when its files change. {@link #look} is one thread's; the rest any. */
final class Certificates {
    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);
    private static final int SELF_SIGNED_DAYS = 14; // what Chromium takes at most for a pinned certificate of HTTP/3

    private final @Nullable TlsFiles files;
    private final SslProvider provider;
    private volatile Current current;
    private String seen = "";

    /** {@code pin} is the base64 of the SHA-256 of its public key, empty for a certificate from files. */
    private record Current(SslContext tls, @Nullable QuicSslContext quic, String pin) {}

    private Certificates(@Nullable TlsFiles files, SslProvider provider, Current current, String seen) {
        this.files = files;
        this.provider = provider;
        this.current = current;
        this.seen = seen;
    }

    /** {@return OpenSSL where it is, else the JDK} */
    static SslProvider bestProvider() {
        return OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
    }

    /** {@return the certificate in these files} Throws an IllegalArgumentException that names the one that is unfit. */
    static Certificates of(TlsFiles files, SslProvider provider, boolean quic) {
        String stamp = stamp(files); // before: what changes meanwhile is seen at the next look
        return new Certificates(files, provider, read(files, provider, quic), stamp);
    }

    /** {@return a certificate for this host that no client trusts by itself: for development} */
    static Certificates selfSigned(String host, SslProvider provider, boolean quic) {
        try {
            Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
            CertificateBuilder builder = new CertificateBuilder()
                    .subject("CN=localhost, O=Tidewire for development")
                    .ecp256()
                    .setIsCertificateAuthority(true)
                    .notBefore(now.minus(1, ChronoUnit.HOURS))
                    .notAfter(now.plus(SELF_SIGNED_DAYS - 1, ChronoUnit.DAYS))
                    .addSanDnsName("localhost")
                    .addSanIpAddress("127.0.0.1")
                    .addSanIpAddress("::1");
            if (host.chars().anyMatch(Character::isLetter) && !host.contains(":") && !host.equals("localhost")) {
                builder.addSanDnsName(host);
            }
            X509Bundle made = builder.buildSelfSigned();
            PrivateKey key = made.getKeyPair().getPrivate();
            X509Certificate certificate = made.getCertificate();
            SslContext tls = tls(SslContextBuilder.forServer(key, certificate), provider);
            return new Certificates(
                    null,
                    provider,
                    new Current(
                            tls,
                            quic ? quic(QuicSslContextBuilder.forServer(key, null, certificate)) : null,
                            pin(certificate)),
                    "");
        } catch (Exception e) { // the builder says no more than that
            throw new IllegalStateException("tls: no certificate could be made", e);
        }
    }

    /** As Chromium's {@code --ignore-certificate-errors-spki-list} and curl's {@code --pinnedpubkey} want it. */
    private static String pin(X509Certificate certificate) throws NoSuchAlgorithmException {
        byte[] hash = MessageDigest.getInstance("SHA-256")
                .digest(certificate.getPublicKey().getEncoded());
        return Base64.getEncoder().encodeToString(hash);
    }

    private static Current read(TlsFiles files, SslProvider provider, boolean quic) {
        try {
            var chain = files.certificateChain().toFile();
            var key = files.privateKey().toFile();
            if (!chain.canRead() || !key.canRead()) {
                throw new IllegalArgumentException("tls: " + (chain.canRead() ? key : chain)
                        + " cannot be read (expected: a PEM file that this process may read)");
            }
            KeyPairCheck.require(files);
            return new Current(
                    tls(SslContextBuilder.forServer(chain, key), provider),
                    quic ? quic(QuicSslContextBuilder.forServer(key, null, chain)) : null,
                    "");
        } catch (SSLException e) {
            throw unfit(files, e);
        } catch (IllegalArgumentException e) {
            if (Objects.requireNonNullElse(e.getMessage(), "").startsWith("tls: ")) {
                throw e;
            }
            throw unfit(files, e);
        }
    }

    private static IllegalArgumentException unfit(TlsFiles files, Exception why) {
        Throwable root = why;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return new IllegalArgumentException(
                "tls: " + files.certificateChain() + " and " + files.privateKey() + " are unfit: " + root.getMessage()
                        + " (expected: a PEM certificate chain, and its key as PKCS #8 without a password)",
                why);
    }

    private static SslContext tls(SslContextBuilder builder, SslProvider provider) throws SSLException {
        return builder.sslProvider(provider)
                .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                .protocols("TLSv1.3", "TLSv1.2")
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        ApplicationProtocolNames.HTTP_2,
                        ApplicationProtocolNames.HTTP_1_1))
                .build();
    }

    private static QuicSslContext quic(QuicSslContextBuilder builder) {
        return builder.applicationProtocols(Http3.supportedApplicationProtocols())
                .build();
    }

    SslContext tls() {
        return current.tls;
    }

    String pin() {
        return current.pin;
    }

    /** {@return the context of QUIC; null if that was not asked for} */
    @Nullable
    QuicSslContext quic() {
        return current.quic;
    }

    /** Reads the files again if they have changed; what is unfit is logged, and the certificate that was there stays. */
    void look() {
        TlsFiles from = files;
        if (from == null) {
            return;
        }
        String now = stamp(from);
        if (now.equals(seen)) {
            return;
        }
        seen = now;
        try {
            current = read(from, provider, current.quic != null);
            LOG.info("The certificate in {} has changed; new connections get it", from.certificateChain());
        } catch (RuntimeException e) { // whatever is wrong with it: the next look must still come
            LOG.warn("The certificate has changed, but is not taken; the one before stays in use. {}", e.getMessage());
        }
    }

    private static String stamp(TlsFiles files) {
        try {
            return Files.getLastModifiedTime(files.certificateChain()) + " "
                    + Files.getLastModifiedTime(files.privateKey()) + " " + Files.size(files.certificateChain());
        } catch (IOException e) {
            return "unreadable " + e;
        }
    }
}
