package io.tidewire.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** That docs/hooks.md shows the code that the tests run. */
class HooksDocumentTest {

    @Test
    void javaExampleOfTheDocumentIsTheOneThatVerifiesInTests() throws IOException {
        String source = Files.readString(Path.of("src/test/java/io/tidewire/server/SignatureExample.java"));
        String example = source.substring(source.indexOf("// begin") + 9, source.indexOf("    // end"))
                .stripTrailing()
                .stripIndent()
                .strip();
        assertThat(Files.readString(Path.of("../docs/hooks.md"))).contains(example);
    }
}
