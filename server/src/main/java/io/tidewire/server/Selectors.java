package io.tidewire.server;

import io.tidewire.auth.Grant;
import io.tidewire.hub.TopicSelector;
import io.tidewire.matcher.UriTemplate;
import io.tidewire.matcher.UrlPattern;
import io.tidewire.matcher.WebUrl;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Topic selectors beyond the hub's own: URL Patterns and URI Templates, as Mercure has them. Safe for any thread. */
final class Selectors {
    private static final String URL_PATTERN = "urlpattern";
    private static final String TEMPLATE = "template";

    private final WebUrl base;

    /** Makes selectors; relative patterns and topics are resolved against the base. */
    Selectors(WebUrl base) {
        this.base = base;
    }

    /** {@return the selector of a grant; throws an IllegalArgumentException if it is malformed} */
    TopicSelector of(Grant grant) {
        return switch (grant.matchType()) {
            case EXACT -> exact(grant.match());
            case URLPATTERN -> urlPattern(grant.match());
            case SELECTOR -> selector(grant.match());
        };
    }

    /** {@return the topic of that name, or every topic} */
    TopicSelector exact(String match) {
        return match.equals("*") ? new TopicSelector.Everything() : new TopicSelector.Exact(match);
    }

    /** {@return a URL Pattern (WHATWG URL Pattern Standard)} */
    TopicSelector urlPattern(String match) {
        return match.equals("*")
                ? new TopicSelector.Everything()
                : new Matching(URL_PATTERN, match, UrlPattern.parse(match, base)::matches);
    }

    /** {@return a selector of Mercure's older form: a name, a URI Template (RFC 6570), or one of our own patterns with a star} */
    TopicSelector selector(String match) {
        if (match.equals("*")) {
            return new TopicSelector.Everything();
        }
        if (match.indexOf('{') < 0) {
            return match.indexOf('*') < 0 ? new TopicSelector.Exact(match) : TopicSelector.parse(match);
        }
        return new Matching(TEMPLATE, match, UriTemplate.selector(match)::matches);
    }

    /** {@return the selector of a kind of ours, as another hub of the cluster wrote it} */
    TopicSelector read(String kind, String text) {
        return switch (kind) {
            case URL_PATTERN -> urlPattern(text);
            case TEMPLATE -> selector(text);
            default ->
                throw new IllegalArgumentException(
                        "selector: of kind " + kind + " (expected: " + URL_PATTERN + " or " + TEMPLATE + ")");
        };
    }

    /** Equal if written alike: the base is one for the whole server. */
    private record Matching(String kind, String text, Predicate<String> matcher) implements TopicSelector {
        @Override
        public boolean matches(String topic) {
            return matcher.test(topic);
        }

        @Override
        public boolean isExact() {
            return false;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Matching that && that.text.equals(text) && that.kind.equals(kind);
        }

        @Override
        public int hashCode() {
            return text.hashCode();
        }
    }
}
