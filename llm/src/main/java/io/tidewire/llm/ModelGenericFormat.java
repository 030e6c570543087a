package io.tidewire.llm;

/** Plain server-sent events: one without a name per token, its data the text; the end of the body is the end. */
final class ModelGenericFormat implements ModelFormat {
    private final ModelSpeech speech;

    ModelGenericFormat(ModelSpeech speech) {
        this.speech = speech;
    }

    @Override
    public String begin() {
        return ": ready\n\n";
    }

    @Override
    public String token(int index, String text) {
        return "data: " + text.replace("\n", "\ndata: ") + "\n\n";
    }

    @Override
    public String end() {
        return "";
    }

    @Override
    public String error(int tokens) {
        return "event: error\ndata: " + ModelErrors.IN_MID_ANSWER + "\n\n";
    }

    @Override
    public String whole() {
        return "{\"text\":" + ModelJson.quoted(speech.text()) + "}";
    }
}
