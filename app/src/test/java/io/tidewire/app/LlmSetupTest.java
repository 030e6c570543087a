package io.tidewire.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.llm.UpstreamKey;
import io.tidewire.server.LlmUpstream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LlmSetupTest {
    private final Settings settings = new Settings();

    private List<LlmUpstream> upstreams(Map<String, String> environment) {
        return new LlmSetup(settings, environment).upstreams();
    }

    @Test
    void upstreamsComeFromRepeatedFlagsTheFileAndTheEnvironment(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("t.yaml"), """
                upstream:
                  anthropic:
                    url: https://api.anthropic.com
                    key: env:ANTHROPIC
                    idle: 2m
                """);
        settings.addFile(file);
        settings.addEnvironment(
                Map.of("TIDEWIRE_UPSTREAM_OPENAI_KEY", "sk-1", "TIDEWIRE_UPSTREAM_MY_BOX_URL", "http://box"));
        settings.addToFlag(Setting.UPSTREAM, "openai=https://api.openai.com");
        settings.addToFlag(Setting.UPSTREAM, "local=http://localhost:8090");
        List<LlmUpstream> all = upstreams(Map.of("ANTHROPIC", "sk-2"));
        assertThat(all)
                .extracting(each -> each.target().name())
                .containsExactly("anthropic", "local", "my-box", "openai");
        assertThat(all.get(0).target().key()).isEqualTo(new UpstreamKey("x-api-key", "sk-2"));
        assertThat(all.get(0).idle()).isEqualTo(Duration.ofMinutes(2));
        assertThat(all.get(1).target().key()).isNull();
        assertThat(all.get(1).target().base()).isEqualTo(URI.create("http://localhost:8090"));
        assertThat(all.get(3).target().key()).isEqualTo(new UpstreamKey("Authorization", "Bearer sk-1"));
        assertThat(settings.print())
                .contains("upstream.openai.key: ********", "upstream.anthropic.key: env:ANTHROPIC")
                .doesNotContain("sk-1");
    }

    @Test
    void whatCannotBeMeantIsRefused() {
        settings.addFlag(Setting.UPSTREAM, "https://api.openai.com");
        assertThatThrownBy(() -> upstreams(Map.of())).hasMessageContaining("NAME=URL");
        settings.addFlag(Setting.UPSTREAM, "answers=https://api.openai.com");
        assertThatThrownBy(() -> upstreams(Map.of())).hasMessageContaining("answers");
        settings.addFlag(Setting.UPSTREAM, "openai=https://api.openai.com");
        settings.addEnvironment(Map.of("TIDEWIRE_UPSTREAM_OPENAI_KEY", "env:NONE"));
        assertThatThrownBy(() -> upstreams(Map.of())).hasMessageContaining("env:NONE");
    }

    @Test
    void ofAnUpstreamWithoutUrlNothingCanBeSaid() {
        settings.addEnvironment(Map.of("TIDEWIRE_UPSTREAM_OPENAI_KEY", "k"));
        assertThatThrownBy(() -> upstreams(Map.of())).hasMessageContaining("upstream.openai.url");
    }
}
