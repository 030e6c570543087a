package io.tidewire.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Through the proxies that people put in front, as Debian packages them: nothing is buffered, and resume works. */
class ProxiesIT {
    private final HubProcess hub;
    private final int port = ForeignTool.freePort();

    @TempDir
    Path folder = Path.of("");

    ProxiesIT() throws IOException, InterruptedException {
        hub = new HubProcess();
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    private Path config(String name) throws IOException {
        String text = Files.readString(Path.of("src/test/resources").resolve(name))
                .replace("@PORT@", String.valueOf(port))
                .replace("@HUB@", String.valueOf(hub.port()))
                .replace("@DIR@", folder.toString());
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void nginxStreamsAndResumes() throws Exception {
        ForeignTool.require("/usr/sbin/nginx");
        String config = config("nginx.conf").toString();
        try (ForeignTool proxy = ForeignTool.start("/usr/sbin/nginx", "-p", folder.toString(), "-c", config)) {
            streamsAndResumes(proxy);
        }
    }

    @Test
    void haproxyStreamsAndResumes() throws Exception {
        ForeignTool.require("/usr/sbin/haproxy");
        try (ForeignTool proxy = ForeignTool.start(
                "/usr/sbin/haproxy", "-db", "-f", config("haproxy.cfg").toString())) {
            streamsAndResumes(proxy);
        }
    }

    private void streamsAndResumes(ForeignTool proxy) throws Exception {
        String url = "http://127.0.0.1:" + port + "/events?topic=news";
        String id;
        try (ForeignTool curl =
                ForeignTool.start("curl", "-sN", "--retry", "20", "--retry-connrefused", "--retry-delay", "1", url)) {
            curl.line("event: connected");
            id = hub.publish("news", "headline", "one");
            curl.line("data: one"); // at once: nothing else is published that could push it out of a buffer
        } catch (AssertionError e) {
            throw new AssertionError("through the proxy, which said: " + proxy.output(), e);
        }
        hub.publish("news", "headline", "two");
        try (ForeignTool curl = ForeignTool.start("curl", "-sN", "-H", "Last-Event-ID: " + id, url)) {
            curl.line("\"resume\":\"full\"");
            curl.line("data: two");
        }
    }
}
