package io.tidewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxiesTest {
    private final Proxies proxies = new Proxies(List.of("10.0.0.0/8", "192.168.1.7", "fd00::/8"));

    private String client(String peer, String field, String value) {
        HttpHeaders headers = new DefaultHttpHeaders();
        headers.add(field, value);
        return proxies.client(peer, headers);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.1.2.3    | 6.6.6.6                      | 6.6.6.6",
                "10.1.2.3    | 6.6.6.6, 7.7.7.7             | 7.7.7.7",
                "10.1.2.3    | 6.6.6.6, 7.7.7.7, 10.9.9.9   | 7.7.7.7",
                "10.1.2.3    | 7.7.7.7:4711                 | 7.7.7.7",
                "10.1.2.3    | 6.6.6.6, unknown             | 10.1.2.3",
                "192.168.1.7 | 2001:db8::1                  | 2001:db8::1",
                "192.168.1.8 | 6.6.6.6                      | 192.168.1.8",
                "fd12::1     | [2001:db8::1]:443            | 2001:db8::1",
                "10.1.2.3    | 10.4.4.4                     | 10.1.2.3",
            })
    void lastAddressThatIsNoProxyOfOursIsTheClients(String peer, String chain, String client) {
        assertThat(client(peer, "X-Forwarded-For", chain)).isEqualTo(client);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "for=6.6.6.6;proto=https;by=10.0.0.1      | 6.6.6.6",
                "for=6.6.6.6, For=\"[2001:db8::1]:4711\"  | 2001:db8::1",
                "for=6.6.6.6, for=_hidden                 | 10.1.2.3",
                "proto=https                              | 10.1.2.3",
            })
    void forwardedIsReadAsRfc7239HasIt(String field, String client) {
        assertThat(client("10.1.2.3", "Forwarded", field)).isEqualTo(client);
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy.example", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "", "::/129"})
    void whatIsNoAddressIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Proxies(List.of(text)))
                .withMessage("trusted-proxies: " + text + " (expected: an address, or a subnet as in 10.0.0.0/8)");
    }

    @Test
    void withoutProxiesNobodysWordIsTaken() {
        HttpHeaders headers = new DefaultHttpHeaders().add("X-Forwarded-For", "6.6.6.6");
        assertThat(new Proxies(List.of()).client("10.1.2.3", headers)).isEqualTo("10.1.2.3");
    }
}
