package io.tidewire.auth;

import io.tidewire.auth.Grant.MatchType;
import io.tidewire.auth.Identity.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The claim {@code authorization_details} of Mercure 1.0 (draft-08 "Authorization Details", "Topic Matcher List"; RFC 9396).
 *
 * <p>One bad detail of Mercure's type rejects the whole token; details of other types are somebody else's and not looked at.
 * One instance reads one claim.
 */
final class AuthorizationDetails {
    static final String NAME = "authorization_details";
    static final String TYPE = "https://mercure.rocks/authorization-detail";

    static final int MAX_DETAILS = 100;

    /** In all details of a token together. */
    static final int MAX_TOPICS = 100;

    private final List<Grant> publish = new ArrayList<>();
    private final List<Grant> subscribe = new ArrayList<>();
    private final List<Payload> payloads = new ArrayList<>();
    private int details;
    private int topics;

    private AuthorizationDetails() {}

    /**
     * @throws TokenException INVALID if a rule is broken
     */
    static Granted read(Map<String, Object> claims) {
        Object claim = claims.get(NAME);
        if (claim == null) {
            return Granted.NOTHING;
        }
        if (!(claim instanceof List<?> list)) {
            throw bad("not a list");
        }
        AuthorizationDetails read = new AuthorizationDetails();
        for (Object each : list) {
            if (!(each instanceof Map<?, ?> map)) {
                throw bad("not a list of objects");
            }
            Map<String, Object> detail = JsonReader.members(map);
            if (TYPE.equals(detail.get("type"))) {
                read.detail(detail);
            }
        }
        return new Granted(read.publish, read.subscribe, read.payloads);
    }

    private void detail(Map<String, Object> detail) {
        if (++details > MAX_DETAILS) {
            throw bad("too many (expected: at most " + MAX_DETAILS + ")");
        }
        List<?> actions = filled("actions", detail.get("actions"));
        if (!actions.stream().allMatch(String.class::isInstance)) {
            throw bad("actions: not strings");
        }
        List<Grant> grants = new ArrayList<>();
        for (Object topic : filled("topics", detail.get("topics"))) {
            grants.add(grant(topic));
        }
        // Unknown actions are ignored: they are for a later version.
        if (actions.contains("publish")) {
            publish.addAll(grants);
        }
        if (actions.contains("subscribe")) {
            subscribe.addAll(grants);
            Object payload = detail.get("payload");
            payloads.add(new Payload(
                    grants, payload == null || payload == JsonNull.NULL ? null : JsonWriter.write(payload)));
        }
    }

    private Grant grant(Object topic) {
        if (++topics > MAX_TOPICS) {
            throw bad("topics: too many (expected: at most " + MAX_TOPICS + ")");
        }
        if (!(topic instanceof Map<?, ?> map)) {
            throw bad("topics: not objects");
        }
        if (!(map.get("match") instanceof String match)) {
            throw bad("topics: no match, or not a string");
        }
        if (!map.containsKey("match_type")) {
            return new Grant(match, MatchType.EXACT);
        }
        Object type = map.get("match_type");
        if ("exact".equals(type)) {
            return new Grant(match, MatchType.EXACT);
        }
        if ("urlpattern".equals(type)) {
            return new Grant(match, MatchType.URLPATTERN);
        }
        throw bad("match_type: unknown (expected: exact or urlpattern)");
    }

    private static List<?> filled(String name, @Nullable Object value) {
        if (value instanceof List<?> list && !list.isEmpty()) {
            return list;
        }
        throw bad(name + ": not a list, or empty");
    }

    private static TokenException bad(String what) {
        return TokenException.invalid(NAME + ": " + what);
    }
}
