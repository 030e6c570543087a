package io.tidewire.llm;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What {@link ModelStandIn} says: {@code You said: "..."}, then words of a text of our own, again and again. The same prompt has the same
 * tokens, so a test knows what must arrive:
 *
 * <pre>{@code
 * assertThat(received).isEqualTo(ModelTokens.text("Hello", 200));
 * }</pre>
 *
 * <p>As with real models a token carries the space before its word. Some begin with line breaks, and some are not ASCII. Immutable.
 */
public final class ModelTokens {
    /** Of a prompt no more is repeated than this. */
    private static final int PROMPT_WORDS = 24;

    private static final Pattern TOKEN = Pattern.compile("\\s*\\S+");

    /* Line breaks, quotes, a backslash, letters of two and three bytes and a character of four: what breaks careless relays. */
    private static final List<String> STORY = tokens("""
             The tide comes in twice a day, and nobody has to ask for it. First a thin line of foam \u2013 hardly more than a sign \u2013 then \
            the mud begins to shine, and the little boats that lay on their sides lift their heads. \u00abThey are waking up\u00bb, says the \
            harbour master's daughter, who is seven and an early riser.

            Her father writes the level into a book with a pencil: 4.2 m, wind from the west, caf\u00e9 open. He has done so for thirty years; \
            the book calls him "the keeper" and has no other name for him.

            What was missed at night lies on the sand in the morning: a line of shells, a rope, once a bottle with a letter in it. \
            \ud83c\udf0a The sea forgets nothing \\ it only takes its time. So whoever comes late reads the beach first, then looks up and \
            watches the waves like everybody else.""");

    private final List<String> opening;

    private ModelTokens(List<String> opening) {
        this.opening = opening;
    }

    /** {@return what is said to that prompt} */
    public static ModelTokens of(String prompt) {
        List<String> words = tokens(prompt.strip());
        List<String> opening = new ArrayList<>(List.of("You", " said:"));
        opening.addAll(tokens(" \"" + String.join("", words.subList(0, Math.min(PROMPT_WORDS, words.size()))) + "\"."));
        return new ModelTokens(List.copyOf(opening));
    }

    /** {@return the whole answer of that many tokens to that prompt} */
    public static String text(String prompt, int count) {
        return of(prompt).text(count);
    }

    /** {@return the token at that place, counted from 0} */
    public String token(int index) {
        return index < opening.size() ? opening.get(index) : STORY.get((index - opening.size()) % STORY.size());
    }

    /** {@return the first that many tokens in one piece} */
    public String text(int count) {
        return IntStream.range(0, count).mapToObj(this::token).collect(Collectors.joining());
    }

    private static List<String> tokens(String text) {
        List<String> tokens = new ArrayList<>();
        for (Matcher words = TOKEN.matcher(text); words.find(); ) {
            tokens.add(words.group());
        }
        return List.copyOf(tokens);
    }
}
