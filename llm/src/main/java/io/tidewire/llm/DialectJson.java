package io.tidewire.llm;

import io.tidewire.sse.EventEncoder;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** JSON in the data of events. */
final class DialectJson {

    // Decimals keep every digit: arguments of tools are handed on.
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final ObjectWriter PLAIN = MAPPER.writer();
    private static final ObjectWriter ESCAPING = MAPPER.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

    private DialectJson() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** {@return the document, or a missing node where there is none: what an upstream sends is not always JSON} */
    static JsonNode read(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JacksonException e) {
            return JsonNodeFactory.instance.missingNode();
        }
    }

    /** {@return the string, or an empty one where the node is anything else} */
    static String text(JsonNode node) {
        return node.stringValue("");
    }

    /** {@return the count, or 0 where the node is anything else} */
    static long count(JsonNode node) {
        return node.isIntegralNumber() ? Math.max(0, node.asLong(0)) : 0;
    }

    /** Adds an event without a name to the encoder. */
    static void event(EventEncoder encoder, ObjectNode data) {
        encoder.data(write(data)).end();
    }

    /** {@return the document in one line} */
    static String write(ObjectNode node) {
        String text = PLAIN.writeValueAsString(node);
        // Deltas may be cut within a surrogate pair. As UTF-8 each half would be lost; escaped, a client joins them.
        return hasLoneSurrogate(text) ? ESCAPING.writeValueAsString(node) : text;
    }

    private static boolean hasLoneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean pair = i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1));
                if (!pair) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }
}
