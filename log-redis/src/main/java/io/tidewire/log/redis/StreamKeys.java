package io.tidewire.log.redis;

/** The names of what streams have in Redis. Immutable. */
final class StreamKeys {
    private final Keys keys;
    private final byte[] hashPrefix;
    private final byte[] listPrefix;
    private final byte[][] shared;

    StreamKeys(Keys keys) {
        this.keys = keys;
        this.hashPrefix = keys.key("stream:");
        this.listPrefix = keys.key("messages:");
        this.shared = new byte[][] {keys.key("streams"), keys.key("stream-names"), keys.key("stream-due")};
    }

    /** {@return what every script is given} */
    byte[][] shared() {
        return shared.clone();
    }

    /** {@return what every script is given, and these} */
    byte[][] with(byte[]... own) {
        return joined(shared, own);
    }

    /** {@return the arguments of a script: those that all have, and its own} */
    byte[][] arguments(byte[]... own) {
        return joined(new byte[][] {changes(), hashPrefix}, own);
    }

    /** {@return where a stream's state is} */
    byte[] hash(byte[] name) {
        return joined(hashPrefix, name);
    }

    /** {@return where a stream's messages are} */
    byte[] list(byte[] name) {
        return joined(listPrefix, name);
    }

    /** {@return where the last request of a hub's lane is} */
    byte[] hub(String lane) {
        return keys.key("stream-hub:" + lane);
    }

    /** {@return the channel of changes} */
    byte[] changes() {
        return keys.key("stream-changes");
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] all = new byte[first.length + second.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    private static byte[][] joined(byte[][] first, byte[][] second) {
        byte[][] all = new byte[first.length + second.length][];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
