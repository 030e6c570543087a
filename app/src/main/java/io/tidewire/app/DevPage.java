package io.tidewire.app;

import io.tidewire.server.TidewireBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The page that {@code --dev} serves at {@code /}. */
final class DevPage {
    private static final String RESOURCE = "dev.html";

    private DevPage() {}

    static void addTo(TidewireBuilder builder) {
        try (InputStream in = DevPage.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + ": not in this jar (expected: beside its class)");
            }
            builder.page("/", "text/html; charset=utf-8", in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
