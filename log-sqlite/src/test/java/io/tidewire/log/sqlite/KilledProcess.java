package io.tidewire.log.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A process that prints what was acknowledged to it, and is killed after so much of that. */
record KilledProcess(Class<?> main, Path directory, SqliteConfig.Durability durability) {

    /**
     * Starts it and kills it.
     *
     * @param life what it is told of which of its lives this is
     * @param acknowledgements after how many it is killed
     * @param reader takes each line; says whether it was a whole acknowledgement
     */
    void live(int life, int acknowledgements, Predicate<String[]> reader) throws Exception {
        Process hub = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName(),
                        directory.toString(),
                        durability.name(),
                        Integer.toString(life))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(hub.getInputStream(), StandardCharsets.UTF_8))) {
            read(lines, acknowledgements, reader);
            hub.toHandle().destroyForcibly(); // that of the process would close the stream too
            read(lines, Integer.MAX_VALUE, reader); // what it had said before it died
        } finally {
            hub.destroyForcibly();
            assertThat(hub.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static void read(BufferedReader lines, int most, Predicate<String[]> reader) throws IOException {
        int count = 0;
        while (count < most) {
            String line = lines.readLine();
            if (line == null) {
                assertThat(most).as("the hub ended by itself").isEqualTo(Integer.MAX_VALUE);
                return;
            }
            count += reader.test(line.split(" ")) ? 1 : 0;
        }
    }
}
