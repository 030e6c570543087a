package io.tidewire.app;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The command {@code tidewire}. Exit codes: 0 done, 1 failed, 2 asked wrongly. */
@Command(
        name = "tidewire",
        mixinStandardHelpOptions = true,
        version = "tidewire 0.1.0-SNAPSHOT",
        description =
                "A hub for Server-Sent Events: anyone publishes with one HTTP request, browsers listen, nobody misses an event.",
        footer = {
            "",
            "The first minute:",
            "  tidewire serve --dev",
            "  curl -N 'localhost:8080/events?topic=news'",
            "  curl localhost:8080/events -H 'Content-Type: application/json' \\",
            "       -d '{\"topic\":\"news\",\"data\":\"hello\"}'"
        })
public final class Main {
    private Main() {}

    /** Runs the command and exits. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        CommandLine line = commandLine();
        if (args.length == 0) {
            line.usage(System.out);
            return 2;
        }
        return line.execute(args);
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(CommandSpec.forAnnotatedObject(new Main()));
        line.addSubcommand(ServeCommand.commandLine());
        line.addSubcommand(new CommandLine(new PublishCommand()));
        line.addSubcommand(new CommandLine(new SubscribeCommand()));
        line.addSubcommand(new CommandLine(new TokenCommand()));
        line.addSubcommand(new CommandLine(new BenchCommand()));
        line.addSubcommand(new CommandLine(new ModelCommand()));
        line.setParameterExceptionHandler(Main::askedWrongly);
        line.setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, command));
        return line;
    }

    private static int askedWrongly(ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        command.getErr()
                .println("tidewire: " + failure.getMessage() + "; see tidewire "
                        + command.getCommandSpec().qualifiedName(" ").replaceFirst("^tidewire ?", "") + " --help");
        return 2;
    }

    private static int failed(Exception failure, CommandLine command) throws Exception {
        if (failure instanceof IllegalArgumentException) {
            command.getErr().println("tidewire: " + failure.getMessage());
            return 2;
        }
        if (failure instanceof CommandFailure) {
            command.getErr().println("tidewire: " + failure.getMessage());
            return 1;
        }
        throw failure;
    }
}
