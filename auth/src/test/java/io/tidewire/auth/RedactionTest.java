package io.tidewire.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "/events?topic=a&authorization=SECRET&b=c      > /events?topic=a&authorization=***&b=c",
                "/events?access_token=SECRET                   > /events?access_token=***",
                "https://h/e?authorization=SECRET#x            > https://h/e?authorization=***#x",
                "/e#access_token=SECRET&a=b                    > /e#access_token=***&a=b",
                "/e?Authorization=SECRET&ACCESS_TOKEN=SECRET   > /e?Authorization=***&ACCESS_TOKEN=***",
                "/e?%61uthorization=SECRET                     > /e?%61uthorization=***",
                "/e?access%5Ftoken=SECRET                      > /e?access%5Ftoken=***",
                "/e?+authorization=SECRET                      > /e?+authorization=***",
                "/e?authorization=SECRET=SECRET?SECRET;SECRET  > /e?authorization=***",
                "/e?a=b;authorization=SECRET                   > /e?a=b;authorization=***",
                "/e?a=b?authorization=SECRET                   > /e?a=b?authorization=***",
                "/e?authorization=&a                           > /e?authorization=***&a",
                "/e?authorization=SECRET&authorization=SECRET  > /e?authorization=***&authorization=***",
                "?authorization=SECRET                         > ?authorization=***"
            })
    void tokensAreHidden(String uri, String expected) {
        assertThat(Redaction.uri(uri.strip())).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/events?topic=a&topic=%2f%zz&&=&x",
                "/authorization=a?x",
                "/e?xauthorization=a&authorization2=b&authorization",
                "?%=%&%a=b#%",
                "/e?;;&;#?#"
            })
    void allElseStays(String uri) {
        assertThat(Redaction.uri(uri)).isEqualTo(uri);
    }

    @Test
    void aWholeTokenNeverShows() {
        String token = Tokens.simple("{}");
        assertThat(Redaction.uri("/events?topic=x&authorization=" + token)).doesNotContain(token.substring(0, 10));
    }
}
