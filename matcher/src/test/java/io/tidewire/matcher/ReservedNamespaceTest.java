package io.tidewire.matcher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReservedNamespaceTest {

    private final ReservedNamespace reserved = ReservedNamespace.of(
            WebUrl.parse("https://hub.example.com/.well-known/mercure").orElseThrow());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/.well-known/mercure",
                "/.well-known/mercure/",
                "/.well-known/mercure/subscriptions/exact/x/y",
                "mercure",
                "mercure/x",
                "./mercure",
                "",
                "?x",
                "#x",
                "/.well-known/mercure?x=1",
                "/.well-known/mercure#x",
                "https://hub.example.com/.well-known/mercure",
                "http://other.example:81/.well-known/mercure/x",
                "ftp://h/.well-known/mercure",
                "foo://h/.well-known/mercure/x",
                "foo:/.well-known/mercure",
                "urn:/.well-known/mercure/x",
                "/.well-known/%6dercure/x",
                "/%2ewell-known/mercure/x",
                "/%2Ewell%2dknown/%6D%65rcure",
                "/a/../.well-known/mercure/x",
                "/a/%2e%2e/.well-known/mercure/x",
                "/a/.%2E/.well-known/./mercure",
                "/.well-known/x/..%2f/../../mercure",
                "/.well-known/%2e/mercure",
                "\\.well-known\\mercure\\x",
                "/.well-known\\mercure",
                "https:\\\\h\\.well-known\\mercure",
                "/.well-\tknown/mer\ncure",
                " /.well-known/mercure ",
                "https:/.well-known/mercure",
                "//h/.well-known/mercure",
                "///h/.well-known/mercure",
                "file:///.well-known/mercure",
                "/.well-known/mercure/../mercure",
                "/.well-known/mercure/%2e%2e%2f",
            })
    void reserves(String topic) {
        assertThat(reserved.contains(topic)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/mercure",
                "x",
                "/.well-known/mercurex",
                "/.well-known/mercure2/x",
                "/.well-known/mercure%2Fx",
                "/.well-known%2Fmercure",
                "/.well-known/%256dercure/x",
                "/.well-known/%25%36dercure",
                "/.well-known/%%36dercure",
                "/%252e/.well-known/mercure",
                "/a/%252e%252e/.well-known/mercure",
                "/.Well-known/mercure",
                "/.well-known/mercure/..",
                "/.well-known/mercure/../x",
                "//.well-known/mercure",
                "/.well-known//mercure",
                "//",
                "///.well-known/mercure",
                "/x/.well-known/mercure",
                "foo:.well-known/mercure",
                "foo:\\.well-known\\mercure",
                "foo:x/../.well-known/mercure",
                "foo://h/\\.well-known/mercure",
                "https://[/.well-known/mercure",
                "https://h:x/.well-known/mercure",
                "https://a b/.well-known/mercure",
            })
    void leavesFree(String topic) {

        assertThat(reserved.contains(topic)).isFalse();
    }

    @Test
    void anyHubPathWillDo() {
        ReservedNamespace api =
                ReservedNamespace.of(WebUrl.parse("https://h/a%7Eb/hub").orElseThrow());
        assertThat(api.contains("/a~b/hub/x")).isTrue();
        assertThat(api.contains("/a%7eb/hub")).isTrue();
        assertThat(api.contains("/.well-known/mercure")).isFalse();
    }

    @Test
    void neverThrows() {
        Seeds.check(3000, random -> {
            reserved.contains(RandomText.url(random));
            reserved.contains(RandomText.noise(random));
        });
    }
}
