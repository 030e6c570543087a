package io.tidewire.log.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.Offset;
import io.tidewire.stream.Producer;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamLimits;
import io.tidewire.stream.StreamPage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that appends to streams is killed at any moment, again and again: what it was acknowledged is there, and no half of one. */
class StreamKillTest {
    private static final int LIVES = 5;

    @TempDir
    Path directory;

    /** The highest sequence number that was acknowledged to the producer of each stream. */
    private final Map<String, Integer> acknowledged = new HashMap<>();

    @ParameterizedTest
    @EnumSource(SqliteConfig.Durability.class)
    void whatWasAcknowledgedOutlivesTheProcess(SqliteConfig.Durability durability) throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        KilledProcess hub = new KilledProcess(KilledStreams.class, directory, durability);
        for (int life = 0; life < LIVES; life++) {
            hub.live(life, 50 + random.nextInt(2000), this::isAcknowledged);
        }
        assertThat(acknowledged).as("seed %d", seed).hasSizeGreaterThan(LIVES);

        try (SqliteStreamStore store =
                SqliteStreamStore.open(SqliteConfig.in(directory), StreamLimits.defaults(), InstantSource.system())) {
            acknowledged.forEach((stream, seq) -> check(store, stream, seq));
        }
    }

    private boolean isAcknowledged(String[] words) {
        boolean whole = words.length == 4 && words[0].equals("acked") && words[3].equals(".");
        if (whole) {
            acknowledged.merge(words[1], Integer.parseInt(words[2]), Math::max);
        }
        return whole;
    }

    private static void check(SqliteStreamStore store, String stream, int acknowledgedSeq) {
        List<String> texts = new ArrayList<>();
        Offset next = Offset.START;
        for (boolean more = true; more; ) {
            StreamPage page = Opened.await(store.read(stream, next, 1000)).orElseThrow();
            page.messages().forEach(message -> texts.add(new String(message, StandardCharsets.UTF_8)));
            next = page.next();
            more = !page.isUpToDate();
        }
        List<String> expected = new ArrayList<>();
        int appends = texts.isEmpty()
                ? 0
                : 1 + Integer.parseInt(texts.get(texts.size() - 1).split("/")[0]);
        for (int seq = 0; seq < appends; seq++) {
            expected.addAll(KilledStreams.texts(seq));
        }
        assertThat(texts).as("whole appends in order, each once").isEqualTo(expected);
        assertThat(appends).isGreaterThan(acknowledgedSeq);

        AppendOutcome repeat = Opened.await(store.append(stream, KilledStreams.appendOf(appends - 1)));
        assertThat(repeat.kind()).isEqualTo(AppendOutcome.Kind.DUPLICATE);
        assertThat(repeat.seq()).isEqualTo(appends - 1);
        AppendOutcome gap = Opened.await(store.append(
                stream, StreamAppend.of(new byte[1]).by(new Producer(KilledStreams.PRODUCER, 0, appends + 1))));
        assertThat(gap.kind()).isEqualTo(AppendOutcome.Kind.SEQ_GAP);
        assertThat(gap.tail()).isEqualTo(new Offset(texts.size()));
    }
}
