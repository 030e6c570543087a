package io.tidewire.sse;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;

/**
 * The standard read out word by word on a whole stream, with no thought of speed: what the decoder is compared with.
 * Bytes are held one to a char until a value is complete.
 */
final class PlainReading {

    final List<Recording.Seen> events = new ArrayList<>();
    String lastEventId = "";
    private String idBuffer = "";
    private String data = "";
    private String type = "";

    PlainReading(byte[] stream) {
        String bytes = new String(stream, ISO_8859_1);
        String text = bytes.startsWith("\u00EF\u00BB\u00BF") ? bytes.substring(3) : bytes;
        String[] lines = text.split("\r\n|\r|\n", -1);
        // After the last line end stands what is not a line.
        for (int i = 0; i < lines.length - 1; i++) {
            line(lines[i]);
        }
    }

    private void line(String line) {
        if (line.isEmpty()) {
            dispatch();
            return;
        }
        int colon = line.indexOf(':');
        String name = colon < 0 ? line : line.substring(0, colon);
        String rest = colon < 0 ? "" : line.substring(colon + 1);
        String value = rest.startsWith(" ") ? rest.substring(1) : rest;
        switch (name) {
            case "data" -> data += value + "\n";
            case "event" -> type = value;
            case "id" -> idBuffer = value.indexOf('\0') < 0 ? value : idBuffer;
            default -> {}
        }
    }

    private void dispatch() {
        lastEventId = text(idBuffer);
        if (!data.isEmpty()) {
            String name = type.isEmpty() ? "message" : text(type);
            events.add(new Recording.Seen(name, text(data.substring(0, data.length() - 1)), lastEventId));
        }
        data = "";
        type = "";
    }

    private static String text(String bytes) {
        byte[] utf8 = bytes.getBytes(ISO_8859_1);
        return Utf8.decode(utf8, 0, utf8.length);
    }
}
