package io.tidewire.log.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What Redis runs for us. Each is put together from files beside this class. */
enum Script {
    /** Looks whether all is ours and begins the log. */
    OPEN("types", "shared", "open"),
    /** Appends a batch. */
    APPEND("shared", "append"),
    /** Reads a page. */
    READ("shared", "read"),
    /** Finds a place. */
    RESOLVE("shared", "resolve"),
    /** Clears away. */
    TRIM("shared", "trim"),
    /** Looks whether all of the streams is ours. */
    STREAM_OPEN("streams", "stream-open"),
    /** Creates, appends to and deletes streams. */
    STREAM_WRITE("streams", "stream-write"),
    /** Reads messages of a stream. */
    STREAM_READ("streams", "stream-read"),
    /** Tells what is known of a stream. */
    STREAM_INFO("streams", "stream-info"),
    /** Lists streams. */
    STREAM_LIST("streams", "stream-list"),
    /** Clears names of expired streams away. */
    STREAM_SWEEP("streams", "stream-sweep");

    private final String text;
    private final String digest;

    Script(String... files) {
        StringBuilder all = new StringBuilder();
        for (String file : files) {
            all.append(read(file + ".lua"));
        }
        this.text = all.toString();
        this.digest = digestOf(text);
    }

    String text() {
        return text;
    }

    /** {@return what Redis calls it} */
    String digest() {
        return digest;
    }

    private static String read(String file) {
        try (InputStream in = Script.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + ": missing (expected: beside " + Script.class.getName() + ")");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String digestOf(String text) {
        try {
            byte[] sha = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-1: missing (expected: in every Java)", e);
        }
    }
}
