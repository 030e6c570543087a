package io.tidewire.server;

import io.tidewire.auth.Grant;
import io.tidewire.hub.TopicSelector;
import io.tidewire.matcher.UriTemplate;
import io.tidewire.matcher.UrlPattern;
import io.tidewire.matcher.WebUrl;
import org.jspecify.annotations.Nullable;

/** Topic selectors beyond the hub's own: URL Patterns and URI Templates, as Mercure has them. Safe for any thread. */
final class Selectors {
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
        return match.equals("*") ? new TopicSelector.Everything() : new Pattern(match, UrlPattern.parse(match, base));
    }

    /** {@return a selector of Mercure's older form: a name, a URI Template (RFC 6570), or one of our own patterns with a star} */
    TopicSelector selector(String match) {
        if (match.equals("*")) {
            return new TopicSelector.Everything();
        }
        if (match.indexOf('{') < 0) {
            return match.indexOf('*') < 0 ? new TopicSelector.Exact(match) : TopicSelector.parse(match);
        }
        return new Template(match, UriTemplate.selector(match));
    }

    /** Equal if written alike: the base is one for the whole server. */
    private record Pattern(String text, UrlPattern pattern) implements TopicSelector {
        @Override
        public boolean matches(String topic) {
            return pattern.matches(topic);
        }

        @Override
        public boolean isExact() {
            return false;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Pattern that && that.text.equals(text);
        }

        @Override
        public int hashCode() {
            return text.hashCode();
        }
    }

    private record Template(String text, UriTemplate template) implements TopicSelector {
        @Override
        public boolean matches(String topic) {
            return template.matches(topic);
        }

        @Override
        public boolean isExact() {
            return false;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Template that && that.text.equals(text);
        }

        @Override
        public int hashCode() {
            return text.hashCode();
        }
    }
}
