package io.tidewire.server;

import io.tidewire.auth.Dialect;
import io.tidewire.auth.Grant;
import io.tidewire.auth.Identity;
import io.tidewire.hub.TopicSelector;
import io.tidewire.matcher.TopicText;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One subscription's choice of topics, as it was asked for (draft-08, "Matcher Types"; draft-07, "Topic Selectors").
 *
 * @param type what kind of matcher
 * @param match its text
 */
record MercureMatcher(Type type, String match) {

    /** The kinds; {@code SELECTOR} is the deployed version's only one. */
    enum Type {
        EXACT,
        URLPATTERN,
        SELECTOR;

        /** {@return the name in URLs and documents} */
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Dialect dialect() {
        return type == Type.SELECTOR ? Dialect.MERCURE_0X : Dialect.MERCURE_1;
    }

    /** {@return whether one of the names belongs to draft-08: its whole prefix is reserved} */
    static boolean areAsked(FormFields fields) {
        return fields.all().stream().anyMatch(field -> isReserved(field.name()));
    }

    private static boolean isReserved(String name) {
        return name.regionMatches(true, 0, "match", 0, 5);
    }

    /** {@return draft-08's, each once; throws a 400 for a name or value that is none (S4, S5)} */
    static Set<MercureMatcher> ofDraft08(FormFields fields) {
        Set<MercureMatcher> matchers = new LinkedHashSet<>();
        for (FormFields.Field field : fields.all()) {
            if (isReserved(field.name())) {
                Type type = type(field.name());
                matchers.add(new MercureMatcher(type, TopicText.requireMatcher(field.name(), field.text())));
            }
        }
        return matchers;
    }

    private static Type type(String name) {
        return switch (name) {
            case "match", "match_exact" -> Type.EXACT;
            case "match_urlpattern" -> Type.URLPATTERN;
            default ->
                throw Problem.badRequest(name + ": no matcher (expected: match, match_exact or match_urlpattern)");
        };
    }

    /** {@return the deployed version's, each once; throws a 400 for a value that is none} */
    static Set<MercureMatcher> ofDeployed(FormFields fields) {
        Set<MercureMatcher> matchers = new LinkedHashSet<>();
        for (String topic : fields.values("topic")) {
            matchers.add(new MercureMatcher(Type.SELECTOR, TopicText.requireMatcher("topic", topic)));
        }
        return matchers;
    }

    /** {@return what selects the topics; throws an IllegalArgumentException if it is malformed} */
    TopicSelector selector(Selectors selectors) {
        return switch (type) {
            case EXACT -> selectors.exact(match);
            case URLPATTERN -> selectors.urlPattern(match);
            // Only a template is more than a name here: our own patterns with a star are not Mercure's.
            case SELECTOR -> match.indexOf('{') < 0 ? selectors.exact(match) : selectors.selector(match);
        };
    }

    /**
     * {@return the JSON that the token has for this subscription, or null} The first entry that covers the matcher, taken for a topic,
     * wins, even if it has none ("Payloads").
     */
    @Nullable
    String payload(@Nullable Identity identity, Selectors selectors) {
        List<Identity.Payload> payloads = identity == null ? List.of() : identity.payloads();
        for (Identity.Payload payload : payloads) {
            for (Grant grant : payload.topics()) {
                if (selectors.of(grant).matches(match)) {
                    return payload.json();
                }
            }
        }
        return null;
    }
}
