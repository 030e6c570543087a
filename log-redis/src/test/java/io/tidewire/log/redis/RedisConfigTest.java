package io.tidewire.log.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RedisConfigTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "redis://localhost                          | false |        | 0 | [localhost:6379]",
                "rediss://localhost                         | true  |        | 0 | [localhost:6379]",
                "redis://h:1/7                              | false |        | 7 | [h:1]",
                "redis://[::1]:7                            | false |        | 0 | [[::1]:7]",
                "redis://[::1]                              | false |        | 0 | [[::1]:6379]",
                "redis://a,b:2,c                            | false |        | 0 | [a:6379, b:2, c:6379]",
                "redis-sentinel://s1,s2:5/3#main            | false | main   | 3 | [s1:26379, s2:5]",
                "rediss-sentinel://s1#main                  | true  | main   | 0 | [s1:26379]",
                "redis://user:p%40ss:w/or@d@h               | false |        | 0 | [h:6379]"
            })
    void uriSaysWhichRedis(String uri, boolean tls, String master, int database, String addresses) {
        Target target = RedisConfig.of(uri).target();

        assertThat(target.tls()).isEqualTo(tls);
        assertThat(target.master()).isEqualTo(master);
        assertThat(target.database()).isEqualTo(database);
        assertThat(target.addresses()).hasToString(addresses);
    }

    @Test
    void severalUrisAreOneCluster() {
        assertThat(RedisConfig.of("redis://a", "redis://b:1").target().addresses())
                .containsExactly(new Address("a", 6379), new Address("b", 1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "redis://h                        | -    | -",
                "redis://:pw@h                    | -    | pw",
                "redis://pw@h                     | -    | pw",
                "redis://ann:pw@h                 | ann  | pw",
                "redis://ann:p%40%3Aw+@h          | ann  | p@:w+"
            })
    void credentialsAreTakenOutOfTheUri(String uri, String user, String password) {
        RedisConfig config = RedisConfig.of(uri);

        assertThat(config.user()).isEqualTo(user);
        assertThat(config.password()).isEqualTo(password);
        assertThat(config.uris()).containsExactly("redis://h");
    }

    @Test
    void textHasNoSecret() {
        RedisConfig config = RedisConfig.of("redis://ann:secret1@h").withSentinelPassword("secret2");

        assertThat(config.toString()).contains("redis://h", "ann").doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "http://h",
                "redis://",
                "redis://:secret@",
                "redis://h:secret@",
                "redis://h:0",
                "redis://h:65536",
                "redis://h:port",
                "redis://h/x",
                "redis://h/-1",
                "redis://h#master",
                "redis-sentinel://h",
                "redis-sentinel://h#",
                "redis://a,,b",
                "redis://u:secret%zz@h",
                "redis://a b"
            })
    void otherUrisAreRefusedWithoutTellingASecret(String uri) {
        assertThatThrownBy(() -> RedisConfig.of(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("redis.uri: ")
                .hasMessageContaining("expected: ")
                .hasMessageNotContaining("secret");
    }

    @Test
    void urisOfDifferentKindsAreRefused() {
        assertThatThrownBy(() -> RedisConfig.of("redis://a", "rediss://b")).hasMessageContaining("different kinds");
        assertThatThrownBy(() -> RedisConfig.of()).hasMessageStartingWith("redis.uri: none");
    }

    @Test
    void settingsOutOfBoundsAreRefused() {
        RedisConfig config = RedisConfig.of("redis://h");
        for (Runnable setting : List.<Runnable>of(
                () -> config.withPrefix(""),
                () -> config.withPrefix("a{b}"),
                () -> config.withPrefix("a b"),
                () -> config.withAppendWait(Duration.ofSeconds(-1)),
                () -> config.withAppendWait(RedisConfig.MAX_APPEND_WAIT.plusMillis(1)),
                () -> config.withCommandTimeout(Duration.ofMillis(99)),
                () -> config.withCommandTimeout(Duration.ofSeconds(61)),
                () -> config.withMinReplicas(-1),
                () -> config.withCredentials("ann", null))) {
            assertThatThrownBy(setting::run)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageMatching("redis\\.[a-z-]+: .*\\(expected: .*\\)");
        }
    }

    @ParameterizedTest
    @CsvSource({"6.0.16, true", "5.0.14, true", "6.2.0, false", "7.0.15, false", "255.255.255, false", "'', false"})
    void redisBefore62IsTooOld(String version, boolean old) {
        assertThat(new ServerInfo("# Server\r\nredis_version:" + version + "\r\n").isOlderThan(6, 2))
                .isEqualTo(old);
    }

    @Test
    void redisThatIsTooOldIsRefused() {
        assertThatThrownBy(() -> new ServerCheck()
                        .requireUsable(new Address("h", 1), new ServerInfo("redis_version:6.0.16\r\n")))
                .hasMessage("redis: version 6.0.16 at h:1 (expected: 6.2 or later)");
    }
}
