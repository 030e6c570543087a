package io.tidewire.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be asked of which target. */
class UpstreamRequestTest {
    private static final byte[] NOTHING = new byte[0];

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/", "/v1/chat/completions", "/v1/a%2Fb", "/v1/a%2fb%2F",
                        "/v1beta/models/gemini:streamGenerateContent?alt=sse",
                "/v1/..x/x../...", "/v1/x?y=../..&z=//", "/a/%20/~!$&'()*+,;=:@", "/v1/files/", "/x?a[b]=c"
            })
    void pathsBelowTheBaseAreTakenAsTheyAre(String path) {
        assertThat(new UpstreamRequest("GET", path, List.of(), NOTHING).path()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "v1",
                "http://evil.example/",
                "//evil.example/",
                "/../x",
                "/v1/..",
                "/v1/../../x",
                "/v1/.",
                "/./x",
                "/%2e%2e/x",
                "/v1/%2E./x",
                "/v1/.%2e",
                "/a/..%2Fb",
                "/a/b%2f..",
                "/a/%2e%2e%2fb",
                "/..;x/y",
                "/..%3Bx/y",
                "/a\\..\\b",
                "/a/..%5Cb",
                "/a b",
                "/a#b",
                "/a\r\nX: y",
                "/a\u0000",
                "/%",
                "/%2",
                "/%zz",
                "/\u00e9",
                "/a|b",
                "/a/%2e%2e?x",
                "@evil.example/",
                "?x",
                "/a%5c..%5cb"
            })
    void whatCouldLeadElsewhereIsRefused(String path) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new UpstreamRequest("GET", path, List.of(), NOTHING))
                .withMessageStartingWith("path: ");
    }

    @Test
    void whateverIsTakenResolvesBelowTheBase() {
        long seed = Long.getLong("tidewire.seed", new Random().nextLong());
        Random random = new Random(seed);
        String[] pieces = {
            "/", ".", "..", "%2e", "%2F", "a", "b", ";", "%3b", "?", "//", "%5C", "@", ":", "http:", "%252e"
        };
        for (int i = 0; i < 20_000; i++) {
            StringBuilder path = new StringBuilder("/");
            for (int n = random.nextInt(8); n >= 0; n--) {
                path.append(pieces[random.nextInt(pieces.length)]);
            }
            if (!UpstreamPath.isSafe(path.toString())) {
                continue;
            }
            String below = UpstreamPath.below("/base", path.toString());
            for (String read : List.of(below, below.replaceAll("%2[eE]", "."), decodedOnce(below))) {
                URI seen = URI.create("http://host" + read.replace(" ", "+"));
                assertThat(seen.getHost()).as("seed %d: %s", seed, path).isEqualTo("host");
                assertThat(seen.normalize().getRawPath())
                        .as("seed %d: %s", seed, path)
                        .startsWith("/base/");
            }
        }
    }

    private static String decodedOnce(String path) {
        return path.replaceAll("%2[eE]", ".").replaceAll("%2[fF]", "/").replaceAll("%3[bB]", ";");
    }

    @Test
    void headerFieldsAndMethodsAreChecked() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new UpstreamRequest("GET", "/", List.of(Map.entry("X-A", "secret\r\nX-B: c")), NOTHING))
                .withMessageStartingWith("header X-A: ")
                .withMessageNotContaining("secret");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new UpstreamRequest("GET", "/", List.of(Map.entry("X A", "b")), NOTHING));
        assertThatIllegalArgumentException().isThrownBy(() -> new UpstreamRequest("G T", "/", List.of(), NOTHING));
        assertThatIllegalArgumentException().isThrownBy(() -> new UpstreamRequest("CONNECT", "/", List.of(), NOTHING));
    }

    @Test
    void nothingSecretIsShown() {
        UpstreamRequest request = new UpstreamRequest(
                "POST",
                "/v1/x?key=secret",
                List.of(Map.entry("Authorization", "Bearer secret")),
                "secret".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(request.toString()).isEqualTo("UpstreamRequest[POST /v1/x, 1 header fields, 6 bytes]");
        UpstreamKey key = UpstreamKey.of("Authorization: Bearer {key}", "secret");
        assertThat(key.value()).isEqualTo("Bearer secret");
        assertThat(UpstreamTarget.of("a", URI.create("https://a.example"))
                        .withKey(key)
                        .toString())
                .doesNotContain("secret");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UpstreamKey.of("Authorization: Bearer secret", "secret"))
                .withMessageNotContaining("secret");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UpstreamKey.of("x-api-key: {key}", "secret\nX: y"))
                .withMessageNotContaining("secret");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UpstreamTarget.of("a", URI.create("https://u:secret@a.example")))
                .withMessageNotContaining("secret");
        assertThatIllegalArgumentException().isThrownBy(() -> UpstreamKey.of("Cookie: {key}", "secret"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://a.example",
                "https:///x",
                "https://a.example?x",
                "https://a.example#x",
                "/x",
                "https://a.example/../b",
                "mailto:a@b"
            })
    void aBaseThatIsNoneIsRefused(String base) {
        assertThatIllegalArgumentException().isThrownBy(() -> UpstreamTarget.of("a", URI.create(base)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "..", "a b", "-a"})
    void aNameThatIsNoneIsRefused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> UpstreamTarget.of(name, URI.create("https://a.example")));
    }
}
