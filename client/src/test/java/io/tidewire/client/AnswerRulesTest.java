package io.tidewire.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerRulesTest {
    private final AnswerRules rules = new AnswerRules(InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z")));

    @ParameterizedTest
    @CsvSource({
        "120, PT2M",
        "0, PT0S",
        "'Sat, 21 Nov 2026 12:00:30 GMT', PT30S",
        "'Sat, 21 Nov 2026 11:00:00 GMT', PT0S",
        "'Sat, 21 Nov 2099 11:00:00 GMT', PT24H",
        "99999999999999999999, PT24H",
        "-5, PT0S",
        "1.5, PT0S",
        "soon, PT0S",
        "'', PT0S"
    })
    void retryAfterIsSecondsOrADate(String value, Duration expected) {
        Transport.Answer answer = new Transport.Answer(503, Map.of("retry-after", List.of(value)));
        assertThat(rules.objection(answer).orElseThrow().retryAfter()).isEqualTo(expected);
    }

    @Test
    void originsDifferBySchemeHostAndPort() {
        URI home = URI.create("https://a.example/x");
        assertThat(RequestPlan.sameOrigin(home, URI.create("HTTPS://A.example:443/y")))
                .isTrue();
        assertThat(RequestPlan.sameOrigin(home, URI.create("http://a.example/x")))
                .isFalse();
        assertThat(RequestPlan.sameOrigin(home, URI.create("https://b.example/x")))
                .isFalse();
        assertThat(RequestPlan.sameOrigin(home, URI.create("https://a.example:8443/x")))
                .isFalse();
    }

    @Test
    void nothingSecretIsPrinted() {
        Transport.Request request = new Transport.Request(
                "GET", URI.create("http://a/path?token=secret"), Map.of("Authorization", "secret"), new byte[0]);
        assertThat(request).hasToString("Request[GET http://a]");
        assertThat(new StreamEvent("price", "secret", "7", URI.create("http://a/")).toString())
                .isEqualTo("StreamEvent[type=price, id=7, data=6 characters]");
    }
}
