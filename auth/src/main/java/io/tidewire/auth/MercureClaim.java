package io.tidewire.auth;

import io.tidewire.auth.Grant.MatchType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The claim of Mercure 0.x (draft-07 "Authorization"), which is Tidewire's own too. */
final class MercureClaim {
    static final String NAME = "mercure";

    /** For issuers that allow only claims with a URI for a name. Wins where both are there. */
    static final String NAMESPACED = "https://mercure.rocks/";

    /** The draft knows no limit; the size of the token is one already. */
    private static final int MAX_SELECTORS = 1000;

    private MercureClaim() {}

    /**
     * @throws TokenException INVALID if anything in it has another type than it must
     */
    static Granted read(Map<String, Object> claims) {
        Object claim = claims.containsKey(NAMESPACED) ? claims.get(NAMESPACED) : claims.get(NAME);
        if (claim == null) {
            return Granted.NOTHING;
        }
        if (!(claim instanceof Map<?, ?> map)) {
            throw TokenException.invalid("mercure: not an object");
        }
        Map<String, Object> mercure = JsonReader.members(map);
        Object payload = mercure.get("payload");
        return new Granted(
                selectors("publish", mercure.get("publish")),
                selectors("subscribe", mercure.get("subscribe")),
                payload == null || payload == JsonNull.NULL
                        ? List.of()
                        : List.of(new Identity.Payload(
                                List.of(new Grant("*", MatchType.SELECTOR)), JsonWriter.write(payload))));
    }

    /** Null is what some libraries write for an empty list. */
    private static List<Grant> selectors(String name, @Nullable Object value) {
        if (value == null || value == JsonNull.NULL) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw TokenException.invalid("mercure." + name + ": not a list");
        }
        if (list.size() > MAX_SELECTORS) {
            throw TokenException.invalid(
                    "mercure." + name + ": " + list.size() + " topics (expected: at most " + MAX_SELECTORS + ")");
        }
        List<Grant> grants = new ArrayList<>(list.size());
        for (Object each : list) {
            if (!(each instanceof String selector)) {
                throw TokenException.invalid("mercure." + name + ": not a list of strings");
            }
            grants.add(new Grant(selector, MatchType.SELECTOR));
        }
        return grants;
    }
}
