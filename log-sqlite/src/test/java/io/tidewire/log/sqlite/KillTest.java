package io.tidewire.log.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Interest;
import io.tidewire.log.LogEntry;
import io.tidewire.log.Read;
import io.tidewire.log.Update;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that appends is killed at any moment, again and again: what it was acknowledged is there. */
class KillTest {
    private static final int LIVES = 6;

    @TempDir
    Path directory;

    private final Map<String, String> idByData = new LinkedHashMap<>();

    @ParameterizedTest
    @EnumSource(SqliteConfig.Durability.class)
    void whatWasAcknowledgedOutlivesTheProcess(SqliteConfig.Durability durability) throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        KilledProcess hub = new KilledProcess(KilledHub.class, directory, durability);
        for (int life = 0; life < LIVES; life++) {
            hub.live(life, 50 + random.nextInt(2000), this::isAcknowledged);
        }

        try (Opened log = Opened.in(directory)) {
            List<LogEntry> kept = log.readAll(log.earliest(), Read.Mode.ALL, Interest.ALL);
            Map<String, String> keptIds = new LinkedHashMap<>();
            kept.forEach(entry -> keptIds.put(entry.update().data(), entry.id()));
            assertThat(keptIds).as("seed %d", seed).hasSameSizeAs(kept).containsAllEntriesOf(idByData);
            assertEachChainInOrder(kept);
            repeatsAreKnown(log);
        }
    }

    private boolean isAcknowledged(String[] words) {
        boolean whole = words.length == 3 && words[0].equals("acked") && words[2].split("/").length == 3;
        if (whole) {
            idByData.put(words[2], words[1]);
        }
        return whole;
    }

    private static void assertEachChainInOrder(List<LogEntry> kept) {
        Map<String, Integer> next = new LinkedHashMap<>();
        for (LogEntry entry : kept) {
            String data = entry.update().data();
            int number = Integer.parseInt(data.substring(data.lastIndexOf('/') + 1));
            String chain = data.substring(0, data.lastIndexOf('/'));
            assertThat(number).as(chain).isEqualTo(next.getOrDefault(chain, 0));
            next.put(chain, number + 1);
        }
    }

    private void repeatsAreKnown(Opened log) {
        List<String> all = new ArrayList<>(idByData.keySet());
        for (String data : all.subList(Math.max(0, all.size() - 100), all.size())) {
            AppendResult result = log.append(new Append(Update.to("t").build(), data, null));
            assertThat(result).isEqualTo(new AppendResult(AppendResult.Outcome.DUPLICATE, idByData.get(data)));
        }
    }
}
