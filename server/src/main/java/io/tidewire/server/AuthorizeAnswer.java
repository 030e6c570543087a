package io.tidewire.server;

import io.tidewire.auth.Dialect;
import io.tidewire.auth.Grant;
import io.tidewire.auth.Identity;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An application's yes. Immutable.
 *
 * @param identity who that is and what is granted
 * @param cacheFor for how long it may be kept; null if the application does not say
 */
record AuthorizeAnswer(Identity identity, @Nullable Duration cacheFor) {
    /** As many as a token may have. */
    private static final int MAX_GRANTS = 1000;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * Reads an answer. Names that we do not know are for others.
     *
     * @throws IllegalArgumentException if it makes no sense; the message says where, not what
     */
    static AuthorizeAnswer parse(byte[] body, String tokenId) {
        JsonNode json = read(body);
        if (!json.isObject()) {
            throw new IllegalArgumentException("answer: not an object (expected: a JSON object)");
        }
        String id = text(json, "tokenId");
        Identity identity = new Identity(
                text(json, "user"),
                null,
                instant(json.path("expiresAt")),
                id == null ? tokenId : id,
                Dialect.MERCURE_0X,
                grants(json, "publish"),
                grants(json, "subscribe"),
                List.of());
        return new AuthorizeAnswer(identity, seconds(json.path("cacheSeconds")));
    }

    private static JsonNode read(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) { // not the cause: its message quotes the answer
            throw new IllegalArgumentException("answer: not JSON (expected: a JSON object)");
        }
    }

    private static @Nullable String text(JsonNode json, String name) {
        JsonNode value = json.path(name);
        if (value.isNull() || value.isMissingNode()) {
            return null;
        }
        if (!value.isString() || value.stringValue().isEmpty()) {
            throw new IllegalArgumentException(name + ": no text (expected: a string that is not empty, or null)");
        }
        return value.stringValue();
    }

    private static List<Grant> grants(JsonNode json, String name) {
        JsonNode list = json.path(name);
        if (list.isNull() || list.isMissingNode()) {
            return List.of();
        }
        if (!list.isArray() || list.size() > MAX_GRANTS) {
            throw new IllegalArgumentException(name + ": no list (expected: at most " + MAX_GRANTS + " strings)");
        }
        List<Grant> grants = new ArrayList<>();
        for (JsonNode each : list) {
            if (!each.isString() || each.stringValue().isEmpty()) {
                throw new IllegalArgumentException(name + ": an element that is no text (expected: strings)");
            }
            grants.add(new Grant(each.stringValue(), Grant.MatchType.SELECTOR));
        }
        return grants;
    }

    /** {@return it in whole seconds: a stream must not last longer} */
    private static @Nullable Instant instant(JsonNode value) {
        if (value.isNull() || value.isMissingNode()) {
            return null;
        }
        try {
            if (value.isIntegralNumber() && value.canConvertToLong()) {
                return Instant.ofEpochSecond(value.longValue());
            }
            if (value.isString()) {
                return OffsetDateTime.parse(value.stringValue()).toInstant().truncatedTo(ChronoUnit.SECONDS);
            }
        } catch (DateTimeException e) {
            // said below
        }
        throw new IllegalArgumentException("expiresAt: no time (expected: RFC 3339, or whole seconds since 1970)");
    }

    private static @Nullable Duration seconds(JsonNode value) {
        if (value.isNull() || value.isMissingNode()) {
            return null;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
            throw new IllegalArgumentException("cacheSeconds: no time (expected: 0 or more seconds)");
        }
        return Duration.ofSeconds(value.intValue());
    }
}
