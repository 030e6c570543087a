package io.tidewire.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that others wrote, against the packaged hub. */
class StrangersIT {
    private final HubProcess hub;

    StrangersIT() throws IOException, InterruptedException {
        hub = new HubProcess("--dev");
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    @Test
    void curlListensAndResumes() throws Exception {
        String id;
        try (ForeignTool curl = ForeignTool.start("curl", "-sN", hub.url("/events?topic=news"))) {
            curl.line("event: connected");
            id = hub.publish("news", "headline", "one");
            assertThat(curl.line("data: one")).isEqualTo("data: one");
        }
        hub.publish("news", "headline", "two");
        try (ForeignTool curl =
                ForeignTool.start("curl", "-sN", "-H", "Last-Event-ID: " + id, hub.url("/events?topic=news"))) {
            curl.line("\"resume\":\"full\"");
            curl.line("data: two");
            assertThat(curl.output()).doesNotContain("data: one");
        }
    }

    @Test
    void okHttpListens() throws Exception {
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        OkHttpClient client =
                new OkHttpClient.Builder().readTimeout(Duration.ZERO).build();
        EventSource source = EventSources.createFactory(client)
                .newEventSource(
                        new Request.Builder().url(hub.url("/events?topic=news")).build(), new EventSourceListener() {
                            @Override
                            public void onEvent(
                                    EventSource from, @Nullable String id, @Nullable String type, String data) {
                                events.add(type + " " + data);
                            }

                            @Override
                            public void onFailure(
                                    EventSource from, @Nullable Throwable failure, @Nullable Response response) {
                                events.add("failure " + failure);
                            }
                        });
        assertThat(events.poll(10, TimeUnit.SECONDS)).startsWith("connected ");
        hub.publish("news", "headline", "grüße");
        assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("headline grüße");
        source.cancel();
        client.dispatcher().executorService().shutdown();
    }

    @Test
    void npmEventSourceReconnectsByItselfAndResumes() throws Exception {
        try (ForeignTool client =
                ForeignTool.script("eventsource.mjs", hub.url("/events?topic=news"), "headline", "2")) {
            String connected = client.line("\"type\":\"connected\"");
            hub.publish("news", "headline", "one");
            client.line("\"data\":\"one\"");
            String id = connected.substring(connected.indexOf("connection\\\":\\\"") + 15);
            hub.publish("other", "x", "x");
            deleteConnection(id.substring(0, id.indexOf('\\')));
            hub.publish("news", "headline", "two");
            client.line("resume\\\":\\\"full");
            client.line("\"data\":\"two\"");
        }
    }

    private void deleteConnection(String id) throws IOException, InterruptedException {
        try (ForeignTool curl = ForeignTool.start(
                "curl",
                "-s",
                "-o",
                "/dev/null",
                "-w",
                "%{http_code}\n",
                "-X",
                "DELETE",
                hub.url("/connections/" + id))) {
            curl.line("204");
        }
    }

    @Test
    void browserSurvivesACutWithNothingMissedAndIsToldOfARestart() throws Exception {
        ForeignTool.require("/usr/bin/chromium");
        Path pictures = Files.createDirectories(Path.of("target/pictures"));
        try (ForeignTool page = ForeignTool.script("browser.mjs", hub.url("/"))) {
            page.line("{");
            page.ask("state state open");
            page.ask("state proof received");
            page.ask("click cut");
            page.ask("state connects 2");
            String resumed = page.ask("state resume full");
            assertThat(resumed).contains("0 missed, 0 twice");
            page.ask("fill data from the form");
            page.ask("submit form");
            page.ask("state events from the form");
            page.ask("shot " + pictures.resolve("dev-light.png").toAbsolutePath() + " light");
            page.ask("shot " + pictures.resolve("dev-dark.png").toAbsolutePath() + " dark");
            hub.killAndRestart();
            String told = page.ask("state resume gap");
            assertThat(told).contains("\"connects\":\"3\"");
            assertThat(page.ask("state proof 1 gap told")).contains("0 twice");
        }
    }

    @Test
    void stoppedReaderHarmsNobodyAndCatchesUp() throws Exception {
        Path seen = Files.createTempFile("tidewire", ".txt");
        try (ForeignTool stopped =
                ForeignTool.start("curl", "-sN", "-o", seen.toString(), hub.url("/events?topic=load"))) {
            await().until(() -> hub.get("/connections").contains("\"load\""));
            signal("-STOP", stopped.pid());
            try (ForeignTool other = ForeignTool.start("curl", "-sN", hub.url("/events?topic=load"))) {
                other.line("event: connected");
                String filler = "x".repeat(100_000);
                for (int i = 0; i < 300; i++) {
                    hub.publish("load", "n", "n" + i + " " + filler);
                }
                other.line("data: n299 ");
            }
            assertThat(hub.get("/metrics")).contains("tidewire_subscribers_catching_up 1.0");
            signal("-CONT", stopped.pid());
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> Files.readString(seen).contains("data: n299 "));
            assertThat(Files.readString(seen).split("data: n\\d+ ", -1)).hasSize(301);
            assertThat(Files.readString(seen)).doesNotContain("event: gap");
        } finally {
            Files.delete(seen);
        }
    }

    private static void signal(String signal, long pid) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", signal, String.valueOf(pid))
                        .start()
                        .waitFor())
                .isZero();
    }
}
