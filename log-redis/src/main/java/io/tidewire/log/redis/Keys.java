package io.tidewire.log.redis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The names of what we have in Redis. The braces put all of it into one slot of a cluster. Immutable. */
final class Keys {
    /** In the order in which the scripts take them. */
    private static final String[] NAMES = {
        "events",
        "meta",
        "newest",
        "ids",
        "uses",
        "use-order",
        "ruled",
        "due",
        "cuts",
        "sizes",
        "doomed",
        "cut-ids",
        "cut-order"
    };

    private final String prefix;
    private final byte[][] log;

    Keys(String prefix) {
        this.prefix = "{" + prefix + "}:";
        this.log = Arrays.stream(NAMES).map(this::key).toArray(byte[][]::new);
    }

    /** {@return what every script is given} */
    byte[][] log() {
        return log.clone();
    }

    /** {@return what a script is given that remembers a hub's last request} */
    byte[][] logAndHub(String hub) {
        byte[][] all = Arrays.copyOf(log, log.length + 1);
        all[log.length] = key("hub:" + hub);
        return all;
    }

    byte[] events() {
        return log[0];
    }

    byte[] meta() {
        return log[1];
    }

    /** {@return the channel of the bus} */
    byte[] bus() {
        return key("bus");
    }

    byte[] key(String name) {
        return (prefix + name).getBytes(StandardCharsets.UTF_8);
    }
}
