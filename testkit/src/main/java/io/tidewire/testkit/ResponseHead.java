package io.tidewire.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The status line and header of an HTTP/1.1 response.
 *
 * @param status the code
 * @param headers by lower-case name; of repeated ones the values joined by comma
 */
record ResponseHead(int status, Map<String, String> headers) {
    /** More is no header of ours. */
    private static final int MAX_BYTES = 64 << 10;

    /** Reads one that is final, and not a byte beyond it: what follows may be stalled. */
    static ResponseHead read(InputStream in) throws IOException {
        ResponseHead head = readOne(in);
        while (head.status < 200) {
            head = readOne(in);
        }
        return head;
    }

    private static ResponseHead readOne(InputStream in) throws IOException {
        String[] lines = text(in).split("\r\n");
        Map<String, String> headers = new HashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon < 1) {
                throw new IOException("header: " + lines[i] + " (expected: name: value)");
            }
            String name = lines[i].substring(0, colon).toLowerCase(Locale.ROOT);
            headers.merge(name, lines[i].substring(colon + 1).strip(), (one, other) -> one + ", " + other);
        }
        if (!lines[0].matches("HTTP/1\\.1 [1-9][0-9]{2}( .*)?")) {
            throw new IOException("status line: " + lines[0] + " (expected: HTTP/1.1 and a status)");
        }
        return new ResponseHead(Integer.parseInt(lines[0].substring(9, 12)), Map.copyOf(headers));
    }

    private static String text(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int last = 0; // the last four bytes
        while (last != 0x0D0A0D0A) {
            int next = in.read();
            if (next < 0 || bytes.size() == MAX_BYTES) {
                throw new IOException("response head: " + bytes.size() + " bytes without an end");
            }
            bytes.write(next);
            last = last << 8 | next;
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }
}
