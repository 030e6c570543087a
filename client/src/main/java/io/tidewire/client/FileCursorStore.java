package io.tidewire.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.CRC32;

/** One id in one file. Not thread safe. */
final class FileCursorStore implements CursorStore {

    /*
     * The file:  "tidewire-cursor 1 " | CRC-32 of the id's bytes, 8 hex digits | LF | the id in UTF-8
     *
     * The sum finds a file that something else wrote or cut: a wrong id would be taken by the server for an unknown one.
     */
    private static final String MAGIC = "tidewire-cursor 1 ";
    private static final int HEAD_BYTES = MAGIC.length() + 8 + 1;
    // 1 MiB: far beyond any id that a hub gives.
    private static final int MAX_FILE_BYTES = HEAD_BYTES + (1 << 20);

    private final Path file;
    private final Path next;

    FileCursorStore(Path file) {
        this.file = file.toAbsolutePath();
        this.next = this.file.resolveSibling(file.getFileName() + ".new");
    }

    @Override
    public String load() throws IOException {
        byte[] bytes;
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw damaged();
            }
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return "";
        }
        if (bytes.length < HEAD_BYTES) {
            throw damaged();
        }
        byte[] id = Arrays.copyOfRange(bytes, HEAD_BYTES, bytes.length);
        if (!Arrays.equals(head(id), Arrays.copyOf(bytes, HEAD_BYTES))) {
            throw damaged();
        }
        return new String(id, UTF_8);
    }

    @Override
    public void save(String id) throws IOException {
        byte[] bytes = id.getBytes(UTF_8);
        try (FileChannel channel = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            writeFully(channel, ByteBuffer.wrap(head(bytes)));
            writeFully(channel, ByteBuffer.wrap(bytes));
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static byte[] head(byte[] id) {
        CRC32 sum = new CRC32();
        sum.update(id);
        return String.format(Locale.ROOT, "%s%08x\n", MAGIC, sum.getValue()).getBytes(UTF_8);
    }

    private IOException damaged() {
        return new IOException("cursor file: " + file
                + " is damaged (expected: what CursorStore.file wrote; delete it to start without a place)");
    }
}
