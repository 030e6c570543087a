package io.tidewire.log.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.log.LogException;
import io.tidewire.log.Retention;
import io.tidewire.log.TopicRetention;
import io.tidewire.log.TopicRetention.Keep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS, and a user who may do no more than a hub needs. */
final class RedisSecurityTest {
    private static final String ACL_BEGINS = "user tidewire on ";

    @TempDir
    Path directory;

    @Test
    void aclLineOfTheReadmeIsEnoughAndNothingElseIsAllowed() throws IOException {
        String line = Files.readString(Path.of("README.md"))
                .lines()
                .filter(each -> each.startsWith(ACL_BEGINS))
                .findFirst()
                .orElseThrow();
        List<String> rules = new ArrayList<>(List.of("ACL", "SETUSER"));
        rules.addAll(Arrays.asList(line.substring("user ".length()).split(" ")));
        Retention retention = new Retention(10, 1 << 20, Duration.ofDays(1))
                .withTopics(List.of(
                        TopicRetention.of("chat/*").maxEvents(2).maxAge(Duration.ofHours(1)),
                        TopicRetention.of("price").keeping(Keep.LATEST),
                        TopicRetention.of("prices").keeping(Keep.LATEST_PER_KEY)));
        try (RedisServer server = RedisServer.start()) {
            server.cli(rules.toArray(String[]::new));
            RedisConfig config = server.config().withCredentials("tidewire", "secret");
            try (Hub hub = new Hub(config, retention);
                    Recorder recorder = new Recorder()) {
                List<String> heard = RedisStoreTest.hear(hub.store.bus());
                String first = "";
                for (int i = 0; i < 40; i++) {
                    first = hub.append(List.of("chat/1", "price", "prices", "t").get(i % 4), "d" + i);
                }
                hub.resolve(first);
                hub.followed(40);
                hub.store.bus().send(new byte[] {'m'});
                Awaitility.await().atMost(Hub.PATIENCE).until(() -> heard.contains("m"));
                Awaitility.await()
                        .atMost(Hub.PATIENCE)
                        .until(() -> server.cli("LLEN", "{tidewire}:doomed").equals("0"));
                assertThat(recorder.messages(ch.qos.logback.classic.Level.WARN)).isEmpty();
            }
            useStreams(server, config);
            assertThatThrownBy(() -> new Hub(config.withPrefix("other")))
                    .isInstanceOf(LogException.Unavailable.class)
                    .hasMessageContaining("NOPERM")
                    .hasMessageNotContaining("secret");
        }
    }

    private static void useStreams(RedisServer server, RedisConfig config) {
        try (StreamHub hub = new StreamHub(config);
                Recorder recorder = new Recorder()) {
            hub.create("s", StreamHub.TEXT.expiringAfter(Duration.ofMillis(200)), StreamHub.message("1"));
            hub.heard("s", 2); // gone, as the sweep found
            hub.create("t", StreamHub.TEXT.expiringAfter(Duration.ofHours(1)), StreamHub.message("1"));
            server.cli("HSET", "{tidewire}:stream:t", "u", "0"); // so that its use is written
            hub.append("t", "2");
            assertThat(hub.read("t")).containsExactly("1", "2");
            server.cli("ZADD", "{tidewire}:stream-names", "0", "dead");
            server.cli("ZADD", "{tidewire}:stream-due", "0", "t");
            assertThat(hub.list("", "", 10)).containsExactly("t");
            Awaitility.await()
                    .atMost(Hub.PATIENCE)
                    .until(() ->
                            !server.cli("ZSCORE", "{tidewire}:stream-due", "t").equals("0"));
            assertThat(Hub.await(hub.store.delete("t"))).isTrue();
            assertThat(recorder.messages(ch.qos.logback.classic.Level.WARN)).isEmpty();
        }
    }

    @Test
    void wrongPasswordIsToldWithoutIt() {
        try (RedisServer server = RedisServer.start("--requirepass", "right")) {
            assertThatThrownBy(() -> new Hub(server.config().withCredentials(null, "mistaken")))
                    .isInstanceOf(LogException.Unavailable.class)
                    .hasMessageMatching(".*(WRONGPASS|are user, password and TLS right).*")
                    .hasMessageNotContaining("mistaken");
            try (Hub hub = new Hub(RedisConfig.of("redis://:right@127.0.0.1:" + server.port()))) {
                hub.append("t", "1");
            }
        }
    }

    @Test
    void tlsIsSpokenToAServerWhoseCertificateIsTrusted() throws IOException {
        makeCertificates();
        int port = RedisServer.freePort();
        List<String> options = List.of(
                "--port",
                "0",
                "--tls-port",
                Integer.toString(port),
                "--save",
                "",
                "--tls-auth-clients",
                "no",
                "--tls-cert-file",
                file("server.pem"),
                "--tls-key-file",
                file("server.key"),
                "--tls-ca-cert-file",
                file("ca.pem"));
        RedisConfig config = RedisConfig.of("rediss://127.0.0.1:" + port);
        try (RedisServer server = RedisServer.startAt(port, RedisServer.newDirectory(), options)) {
            assertThat(server.port()).isEqualTo(port);
            try (Hub hub = new Hub(config.withCaFile(Path.of(file("ca.pem"))))) {
                hub.append("t", "1");
                assertThat(hub.dataAfter(hub.earliest())).containsExactly("1");
            }
            try (Hub hub = new Hub(config.withVerify(false))) {
                hub.append("t", "2");
            }
            assertThatThrownBy(() -> new Hub(config)).isInstanceOf(LogException.Unavailable.class);
            assertThatThrownBy(() -> new Hub(config.withCaFile(Path.of(file("other.pem")))))
                    .isInstanceOf(LogException.Unavailable.class);
        }
    }

    @Test
    void caFileThatCannotBeReadIsToldByItsName() {
        assertThatThrownBy(
                        () -> new Hub(RedisConfig.of("rediss://127.0.0.1:1").withCaFile(directory.resolve("none.pem"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("redis.ca-file: ");
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    private void makeCertificates() throws IOException {
        for (String authority : List.of("ca", "other")) {
            RedisServer.run(List.of(
                    "openssl",
                    "req",
                    "-x509",
                    "-newkey",
                    "rsa:2048",
                    "-nodes",
                    "-days",
                    "2",
                    "-subj",
                    "/CN=" + authority,
                    "-keyout",
                    file(authority + ".key"),
                    "-out",
                    file(authority + ".pem")));
        }
        RedisServer.run(List.of(
                "openssl",
                "req",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-subj",
                "/CN=redis",
                "-keyout",
                file("server.key"),
                "-out",
                file("server.csr")));
        Files.writeString(directory.resolve("names"), "subjectAltName=IP:127.0.0.1");
        RedisServer.run(List.of(
                "openssl",
                "x509",
                "-req",
                "-in",
                file("server.csr"),
                "-CA",
                file("ca.pem"),
                "-CAkey",
                file("ca.key"),
                "-CAcreateserial",
                "-days",
                "2",
                "-extfile",
                file("names"),
                "-out",
                file("server.pem")));
    }
}
