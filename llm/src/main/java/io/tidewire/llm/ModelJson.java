package io.tidewire.llm;

/** JSON strings, written by hand: an event is little more than one, and there may be a hundred thousand a second. */
final class ModelJson {
    private ModelJson() {}

    /** {@return the text as a JSON string, quotes included (RFC 8259 7)} */
    static String quoted(String text) {
        StringBuilder json = new StringBuilder(text.length() + 8).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> {
                    if (c < ' ') {
                        json.append(String.format("\\u%04x", (int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        return json.append('"').toString();
    }
}
