package io.tidewire.app.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One real broker that is its own controller; its classes come from log-kafka's tests. */
final class KafkaUnderFault extends StoreServer {
    private static final Duration START_PATIENCE = Duration.ofSeconds(90);

    private final Path folder;

    KafkaUnderFault(Path folder) throws InterruptedException {
        super("Kafka", "kafka", START_PATIENCE);
        this.folder = folder;
        Path settings = folder.resolve("server.properties");
        try {
            Files.writeString(settings, settings());
        } catch (IOException e) {
            throw new FaultException(settings + ": " + e.getMessage(), e);
        }
        ChildProcess format =
                java("kafka-format", "kafka.tools.StorageTool", "format", "-t", clusterId(), "-c", settings.toString());
        format.awaitEnd(START_PATIENCE);
        start();
    }

    /** Sixteen bytes in base64, as Kafka writes a UUID. */
    private static String clusterId() {
        return "VGlkZXdpcmVmYXVsdHMhIQ";
    }

    private String settings() {
        int controllerPort = Ports.free();
        return String.join(
                "\n",
                "process.roles=broker,controller",
                "node.id=1",
                "controller.quorum.voters=1@127.0.0.1:" + controllerPort,
                "listeners=PLAINTEXT://127.0.0.1:" + port() + ",CONTROLLER://127.0.0.1:" + controllerPort,
                "advertised.listeners=PLAINTEXT://127.0.0.1:" + port(),
                "controller.listener.names=CONTROLLER",
                "log.dirs=" + folder.resolve("kafka"),
                "auto.create.topics.enable=false",
                "offsets.topic.replication.factor=1",
                "offsets.topic.num.partitions=1",
                "transaction.state.log.replication.factor=1",
                "transaction.state.log.min.isr=1",
                "transaction.state.log.num.partitions=1",
                "");
    }

    @Override
    ChildProcess launch() {
        return java("kafka", "kafka.Kafka", folder.resolve("server.properties").toString());
    }

    private ChildProcess java(String name, String... arguments) {
        String classpath = System.getProperty("tidewire.broker.classpath", "");
        if (classpath.isEmpty()) {
            throw new FaultException("tidewire.broker.classpath: missing (expected: as bench/faults/run sets it)");
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classpath));
        command.addAll(List.of(arguments));
        return ChildProcess.start(name, folder, command);
    }
}
