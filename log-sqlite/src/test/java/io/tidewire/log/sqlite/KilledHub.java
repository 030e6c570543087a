package io.tidewire.log.sqlite;

import io.tidewire.log.Append;
import io.tidewire.log.Retention;
import io.tidewire.log.Update;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** Appends as fast as it can and prints what was acknowledged, until it is killed. */
final class KilledHub {
    private static final int UNDER_WAY = 32;

    private KilledHub() {}

    public static void main(String[] args) throws IOException {
        SqliteConfig config = SqliteConfig.in(Path.of(args[0])).durability(SqliteConfig.Durability.valueOf(args[1]));
        SqliteLog log = SqliteLog.open(config, Retention.defaults(), InstantSource.system());
        System.out.println("open");
        for (int chain = 0; chain < UNDER_WAY; chain++) {
            publish(log, args[2] + "/" + chain, 0);
        }
        System.in.read(); // nobody writes there: until it is killed
    }

    private static void publish(SqliteLog log, String chain, int number) {
        Update update =
                Update.to("t" + chain).key("k").data(chain + "/" + number).build();
        log.append(List.of(new Append(update, chain + "/" + number, null))).thenAccept(results -> {
            System.out.println("acked " + results.get(0).id() + " " + chain + "/" + number);
            publish(log, chain, number + 1);
        });
    }
}
