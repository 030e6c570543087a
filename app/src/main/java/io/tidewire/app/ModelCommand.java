package io.tidewire.app;

import io.tidewire.llm.ModelStandIn;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidewire model}: a stand-in for a language model's server. */
@Command(
        name = "model",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Answers like a language model's server, at a set speed and always the same: for demos and tests.",
            "POST /v1/chat/completions, /v1/responses, /v1/messages, /v1/generic; GET /v1/models, /stats."
        },
        footer = {
            "",
            "One request may ask for a pace and a fault of its own, in a header (or as query parameters, or in the model's",
            "name: stand-in:rate=10;tokens=5):",
            "  x-stand-in: rate=50; tokens=300; first=500ms; fault=cut@20",
            "Faults: cut@N, error@N, stall@N (POST /release lets it go on), garbage@N, slow-head, or a status as 429.",
            "",
            "Examples:",
            "  tidewire model",
            "  tidewire model --port 8090 --rate 20 --first 800ms",
            "  curl -N localhost:8090/v1/generic -H 'x-stand-in: rate=5' -d 'Tell me about the tide'",
            "  curl -N localhost:8090/v1/chat/completions -H 'Content-Type: application/json' \\",
            "       -d '{\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}'"
        })
final class ModelCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli's
    CommandSpec spec;

    @Option(names = "--host", paramLabel = "ADDRESS", description = "Where to listen (${DEFAULT-VALUE})")
    String host = "localhost";

    @Option(names = "--port", paramLabel = "N", description = "The port; 0 is any (${DEFAULT-VALUE})")
    int port = 8090;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Tokens per second; 0 is as fast as they are read (${DEFAULT-VALUE})")
    double rate = 50;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            description = "Length of an answer whose request sets no limit (${DEFAULT-VALUE})")
    int tokens = 200;

    @Option(names = "--first", paramLabel = "TIME", description = "Time to the first token (${DEFAULT-VALUE})")
    String first = "0ms";

    @Option(
            names = "--fault",
            paramLabel = "FAULT",
            description = "What goes wrong in every answer, as cut@20 (nothing)")
    @Nullable
    String fault;

    @Override
    public Integer call() throws InterruptedException {
        try (ModelStandIn model = builder().start()) {
            Thread stop = new Thread(model::close, "tidewire-model-shutdown");
            Runtime.getRuntime().addShutdownHook(stop);
            String uri = model.uri().toString();
            spec.commandLine()
                    .getOut()
                    .println("A stand-in for a language model is ready at " + uri + "; try:  curl -N " + uri
                            + "/v1/generic -d 'Tell me about the tide'");
            spec.commandLine().getOut().flush();
            model.awaitStopped();
        } catch (IOException e) {
            throw new CommandFailure(e.getMessage() + "; choose with --host and --port", e);
        }
        return 0;
    }

    private ModelStandIn.Builder builder() {
        Duration wait = Settings.duration(first);
        if (wait == null) {
            throw new UsageException("--first: " + first + " (expected: a time, as in 500ms or 2s)");
        }
        ModelStandIn.Builder builder = ModelStandIn.builder()
                .host(host)
                .port(port)
                .tokensPerSecond(rate)
                .tokens(tokens)
                .firstTokenAfter(wait);
        String wrong = fault;
        return wrong == null ? builder : builder.fault(wrong);
    }
}
