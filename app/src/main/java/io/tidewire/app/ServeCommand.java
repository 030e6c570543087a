package io.tidewire.app;

import io.tidewire.server.Tidewire;
import io.tidewire.server.TidewireBuilder;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidewire serve}: runs a hub until it is told to stop. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Runs a hub until it gets SIGTERM or SIGINT; then it drains.",
        footer = {
            "",
            "Each setting may also stand in tidewire.yaml (its key without the dashes in front, as in",
            "history.bytes: 64MiB) or in the environment (TIDEWIRE_HISTORY_BYTES=64MiB). Flags win over",
            "the environment, the environment over the file.",
            "",
            "Examples:",
            "  tidewire serve --dev                         with a page at / to try things",
            "  tidewire serve --host 0.0.0.0 --port 9000    for other machines",
            "  tidewire serve --dev --upstream openai=https://api.openai.com    answers of models that resume",
            "  tidewire serve --config prod.yaml --print-config"
        })
final class ServeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger("tidewire");
    private static final Path USUAL_FILE = Path.of("tidewire.yaml");
    private static final List<String> LOOPBACK = List.of("127.0.0.1", "localhost", "::1");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli's
    CommandSpec spec;

    @Option(names = "--dev", description = "Serve a page at / and a ticker to try things with; users by ?user=NAME")
    boolean dev;

    @Option(names = "--config", paramLabel = "FILE", description = "Settings; without it, ./tidewire.yaml if there")
    @Nullable
    Path file;

    @Option(names = "--print-config", description = "Print each setting and where it comes from, and end")
    boolean print;

    /** {@return the command with a flag for each setting} */
    static CommandLine commandLine() {
        CommandSpec spec = CommandSpec.forAnnotatedObject(new ServeCommand());
        for (Setting setting : Setting.values()) {
            spec.addOption(OptionSpec.builder(setting.flag())
                    .paramLabel("VALUE")
                    .type(setting.isList() ? List.class : String.class)
                    .auxiliaryTypes(String.class)
                    .arity(setting.isSwitch() ? "0..1" : "1")
                    .fallbackValue("true")
                    .description(setting.sentence() + " ("
                            + (setting.defaultValue().isEmpty() ? "none" : setting.defaultValue()) + ")")
                    .build());
        }
        return new CommandLine(spec);
    }

    @Override
    public Integer call() {
        Settings settings = settings();
        ServerSetup setup = new ServerSetup(settings);
        TidewireBuilder builder = setup.builder();
        Duration drain = settings.duration(Setting.DRAIN);
        if (print) {
            spec.commandLine().getOut().print(settings.print());
            spec.commandLine().getOut().flush();
            return 0;
        }
        new AuthSetup(settings).requirePublishers();
        if (dev) {
            DevPage.addTo(builder);
        }
        String history = setup.openStore(builder);
        Tidewire server = start(builder);
        if (dev) {
            Ticker.start(server);
        }
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            LOG.info("Draining over {} ms", drain.toMillis());
                            server.stop(drain);
                            setup.close();
                        },
                        "tidewire-shutdown"));
        tell(server, settings, history);
        server.awaitStopped();
        return 0;
    }

    private Settings settings() {
        Settings settings = new Settings();
        Path chosen = file;
        if (chosen != null) {
            settings.addFile(chosen);
        } else if (Files.exists(USUAL_FILE)) {
            settings.addFile(USUAL_FILE);
        }
        settings.addEnvironment(System.getenv());
        for (Setting setting : Setting.values()) {
            OptionSpec option = spec.findOption(setting.flag());
            Object value = option == null ? null : option.getValue();
            if (value instanceof List<?> values) {
                values.forEach(each -> settings.addToFlag(setting, String.valueOf(each)));
            } else if (value != null) {
                settings.addFlag(setting, String.valueOf(value));
            }
        }
        if (dev) {
            settings.otherwise(Setting.USER, "query:user", "--dev");
            settings.otherwise(Setting.AUTH_ANONYMOUS_PUBLISH, "true", "--dev");
        }
        return settings;
    }

    private static Tidewire start(TidewireBuilder builder) {
        try {
            return builder.start();
        } catch (IllegalStateException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        } catch (UncheckedIOException e) {
            throw new CommandFailure(e.getMessage() + "; choose with --host and --port", e);
        }
    }

    private void tell(Tidewire server, Settings settings, String history) {
        String uri = server.uri().toString();
        String text = """
                Tidewire is ready at %s
                  listen:   curl -N '%s/events?topic=news'
                  publish:  curl %s/events -H 'Content-Type: application/json' -d '{"topic":"news","data":"hello"}'
                  history:  %s
                """.formatted(dev ? uri + "/  (open it in a browser)" : uri, uri, uri, history);
        spec.commandLine().getOut().print(text);
        server.selfSignedPin()
                .ifPresent(pin -> spec.commandLine()
                        .getOut()
                        .println("  trust:    curl --insecure --pinnedpubkey sha256//" + pin
                                + "; Chromium --ignore-certificate-errors-spki-list=" + pin));
        spec.commandLine().getOut().flush();
        if (!LOOPBACK.contains(settings.text(Setting.HOST)) && settings.flag(Setting.AUTH_ANONYMOUS_PUBLISH)) {
            LOG.warn(
                    "Listening on {}: whoever reaches this port may publish; set auth.secret and give out tokens, or put a proxy that authenticates in front",
                    settings.text(Setting.HOST));
        }
    }
}
