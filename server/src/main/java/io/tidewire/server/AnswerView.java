package io.tidewire.server;

import io.tidewire.llm.AgUi;
import io.tidewire.llm.Dialect;
import io.tidewire.llm.UiMessageStream;
import io.tidewire.stream.StreamSpec;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a recorded answer is told to one reader. */
enum AnswerView {
    /** Its events as the upstream sent them, each with our id. */
    EVENTS,
    /** The same, but what is there already comes in as few events as may be. */
    MERGED,
    /** As a UI message stream of the Vercel AI SDK; always from its beginning. */
    UI,
    /** As a run of AG-UI; always from its beginning. */
    AG_UI;

    /** The attribute of an answer's stream that says in which dialect it is. */
    static final String DIALECT = "dialect";

    private static final String EVENT_STREAM = "text/event-stream";

    /** {@return the view that a parameter {@code as} names; null if it is none of ours} */
    static @Nullable AnswerView named(String value) {
        return switch (value) {
            case "ui" -> UI;
            case "ag-ui" -> AG_UI;
            default -> null;
        };
    }

    /** {@return the view that a reader's query asks for; throws a 400 if it asks for another} */
    static AnswerView of(Map<String, List<String>> query) {
        String as = PublishDefaults.first(query, "as");
        if (as != null) {
            AnswerView view = named(as);
            if (view == null) {
                throw Problem.badRequest("as: " + as + " (expected: ui or ag-ui)");
            }
            return view;
        }
        String backlog = PublishDefaults.first(query, "backlog");
        if (backlog == null) {
            return EVENTS;
        }
        if (!backlog.equals("merged")) {
            throw Problem.badRequest("backlog: " + backlog + " (expected: merged)");
        }
        return MERGED;
    }

    /** {@return whether a reader cannot go on in the middle} */
    boolean isFromStart() {
        return this == UI || this == AG_UI;
    }

    /** {@return the media type of the response} */
    String contentType(StreamSpec spec) {
        return isFromStart() ? EVENT_STREAM : spec.contentType();
    }

    /** {@return header lines that the response has besides} */
    String lines() {
        return this == UI ? UiMessageStream.VERSION_HEADER + ": " + UiMessageStream.VERSION + "\r\n" : "";
    }

    /** {@return what writes the answer of that id} */
    FeedEncoder encoder(String id, StreamSpec spec) {
        Dialect dialect = dialect(spec);
        return switch (this) {
            case EVENTS -> new AnswerEvents(dialect, false);
            case MERGED -> new AnswerEvents(dialect, true);
            case UI -> new AnswerTranslation(dialect, new UiMessageStream(id));
            case AG_UI -> new AnswerTranslation(dialect, new AgUi(id, id));
        };
    }

    static Dialect dialect(StreamSpec spec) {
        String name = spec.attributes().getOrDefault(DIALECT, "");
        for (Dialect dialect : Dialect.values()) {
            if (dialect.name().equals(name)) {
                return dialect;
            }
        }
        return Dialect.GENERIC; // a later version's, perhaps
    }
}
