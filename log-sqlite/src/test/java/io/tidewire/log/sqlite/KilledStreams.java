package io.tidewire.log.sqlite;

import io.tidewire.stream.Producer;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamLimits;
import io.tidewire.stream.StreamSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;

/** Appends to streams as fast as it can and prints what was acknowledged, until it is killed. */
final class KilledStreams {
    static final String PRODUCER = "p";

    private static final int STREAMS = 16;

    private KilledStreams() {}

    public static void main(String[] args) throws IOException {
        SqliteConfig config = SqliteConfig.in(Path.of(args[0])).durability(SqliteConfig.Durability.valueOf(args[1]));
        SqliteStreamStore store = SqliteStreamStore.open(config, StreamLimits.defaults(), InstantSource.system());
        System.out.println("open");
        for (int i = 0; i < STREAMS; i++) {
            String stream = args[2] + "/" + i;
            store.create(stream, StreamSpec.of("text/plain"), appendOf(0)).thenAccept(created -> {
                System.out.println("acked " + stream + " 0 .");
                append(store, stream, 1);
            });
        }
        System.in.read(); // nobody writes there: until it is killed
    }

    private static void append(SqliteStreamStore store, String stream, int seq) {
        store.append(stream, appendOf(seq)).thenAccept(outcome -> {
            if (outcome.isTaken()) {
                System.out.println("acked " + stream + " " + seq + " .");
            }
            append(store, stream, seq + 1);
        });
    }

    static StreamAppend appendOf(int seq) {
        return StreamAppend.of(texts(seq).stream()
                        .map(text -> text.getBytes(StandardCharsets.UTF_8))
                        .toList())
                .by(new Producer(PRODUCER, 0, seq));
    }

    static List<String> texts(int seq) {
        return IntStream.rangeClosed(0, seq % 4).mapToObj(i -> seq + "/" + i).toList();
    }
}
