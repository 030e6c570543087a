package io.tidewire.llm;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The last answers of {@code /v1/responses}, to be asked for again by id. Any thread; a lock, since loops share it. */
final class ModelAnswered {
    private static final int KEPT = 10_000;

    private final Map<String, ModelSpeech> speeches = new LinkedHashMap<>();

    synchronized void add(ModelSpeech speech) {
        speeches.put(ModelResponsesFormat.id(speech.id()), speech);
        if (speeches.size() > KEPT) {
            speeches.remove(speeches.keySet().iterator().next());
        }
    }

    synchronized Optional<ModelSpeech> find(String id) {
        return Optional.ofNullable(speeches.get(id));
    }
}
