package io.tidewire.server;

import io.tidewire.auth.Dialect;
import io.tidewire.auth.Identity;
import io.tidewire.hub.Hub;
import io.tidewire.hub.Peers;
import io.tidewire.log.Append;
import io.tidewire.log.Audience;
import io.tidewire.log.MessageBus;
import io.tidewire.log.Update;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/**
 * Who is subscribed to what, and telling those who may know (draft-08, "Subscription Events"). Safe for any thread.
 *
 * <p>A subscription is listed and announced in the form of the version that it was made with, so that a list and the events that
 * keep it up to date always agree. It is listed before it is announced, and announced as gone after it has left the list: whoever reads
 * the list, and then the events from before it, ends up with the truth.
 */
final class MercurePresence {
    /** The name of draft-08's subscription events, which nobody else may use. */
    static final String EVENT = "mercure";

    static final String PATH = Mercure.PATH + "/subscriptions";

    private static final Logger LOG = LoggerFactory.getLogger(MercurePresence.class);

    /** {@code urn:uuid:} and a UUID, encoded. */
    private static final int SUBSCRIBER_LENGTH = 9 + 4 + 36;

    /** What the hubs of a cluster ask each other. */
    private static final String QUESTION = "mercure.subscriptions";

    /** An answer to another hub ends here: in UTF-8 it is three times as long at most, with the last entry still a message. */
    private static final int MAX_ANSWER_CHARS = MessageBus.MAX_BYTES / 4;

    private final Hub hub;
    private final JsonMapper mapper = new JsonMapper();
    private final Supplier<String> subscribers;
    private final Map<MercureMatcher, Map<String, Entry>> byMatcher = new ConcurrentHashMap<>();

    MercurePresence(Hub hub, Supplier<String> subscribers) {
        this.hub = hub;
        this.subscribers = subscribers;
        Peers peers = hub.cluster().peers();
        if (peers != null) {
            peers.answering(QUESTION, this::answer);
        }
    }

    /**
     * An active subscription.
     *
     * @param subscriber the connection's own name, which tells nothing about it
     * @param payload JSON from the subscriber's token, or null
     */
    record Entry(
            MercureMatcher matcher,
            String subscriber,
            @Nullable String payload) {
        /** {@return its path, which is the topic of its events} */
        String topic() {
            return path(matcher) + "/" + encode(subscriber);
        }

        ObjectNode json(boolean active) {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            boolean deployed = matcher.dialect() == Dialect.MERCURE_0X;
            if (deployed) {
                json.put("@context", "https://mercure.rocks/");
            }
            json.put("id", topic());
            json.put("type", deployed ? "Subscription" : "subscription");
            if (deployed) {
                json.put("topic", matcher.match());
            } else {
                json.put("match_type", matcher.type().label()).put("match", matcher.match());
            }
            json.put("subscriber", subscriber).put("active", active);
            if (payload != null) {
                json.putRawValue("payload", new RawValue(payload));
            }
            return json;
        }
    }

    /** {@return the path of a matcher's subscriptions} */
    static String path(MercureMatcher matcher) {
        String type = matcher.dialect() == Dialect.MERCURE_0X
                ? ""
                : "/" + matcher.type().label();
        return PATH + type + "/" + encode(matcher.match());
    }

    /** Throws a 400 if a matcher is so long that its events could have no topic. */
    static void requireFit(Collection<MercureMatcher> matchers) {
        for (MercureMatcher matcher : matchers) {
            int length = path(matcher).length() + 1 + SUBSCRIBER_LENGTH;
            if (length > Audience.MAX_NAME_LENGTH) {
                throw Problem.badRequest(
                        matcher.type().label() + ": " + length + " characters in the topic of its subscription events "
                                + "(expected: at most " + Audience.MAX_NAME_LENGTH + ")");
            }
        }
    }

    /** Lists and announces a connection's subscriptions; {@return them}. */
    List<Entry> joined(Collection<MercureMatcher> matchers, @Nullable Identity identity, Selectors selectors) {
        String subscriber = subscribers.get();
        List<Entry> entries = new ArrayList<>(matchers.size());
        for (MercureMatcher matcher : matchers) {
            Entry entry = new Entry(matcher, subscriber, matcher.payload(identity, selectors));
            entries.add(entry);
            byMatcher.compute(matcher, (m, present) -> {
                Map<String, Entry> map = present == null ? new ConcurrentHashMap<>(2) : present;
                map.put(subscriber, entry);
                return map;
            });
        }
        announce(entries, true);
        return entries;
    }

    /** Takes a connection's subscriptions from the list and announces that they ended. */
    void left(List<Entry> entries) {
        for (Entry entry : entries) {
            byMatcher.computeIfPresent(entry.matcher, (m, present) -> {
                present.remove(entry.subscriber);
                return present.isEmpty() ? null : present;
            });
        }
        announce(entries, false);
    }

    private void announce(List<Entry> entries, boolean active) {
        List<Append> updates = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            boolean deployed = entry.matcher.dialect() == Dialect.MERCURE_0X;
            updates.add(Append.of(Update.to(entry.topic())
                    .event(deployed ? null : EVENT)
                    .data(entry.json(active).toString())
                    .isPrivate(true)
                    .build()));
        }
        hub.append(updates).whenComplete((results, failure) -> {
            if (failure != null) {
                LOG.debug("Subscription events could not be published", failure);
            }
        });
    }

    /**
     * {@return the subscriptions of one version, of one matcher, or the one of one subscriber, on all hubs; at most so many} Those of
     * hubs that do not answer in time are missing ("Hubs MAY truncate").
     */
    CompletionStage<List<JsonNode>> everywhere(
            Dialect dialect, @Nullable MercureMatcher matcher, @Nullable String subscriber, int most) {
        List<JsonNode> found = new ArrayList<>();
        list(dialect, matcher, subscriber, most).forEach(entry -> found.add(entry.json(true)));
        Peers peers = hub.cluster().peers();
        if (peers == null || found.size() >= most || (subscriber != null && !found.isEmpty())) {
            return CompletableFuture.completedFuture(found);
        }
        ObjectNode question = mapper.createObjectNode().put("dialect", dialect.name());
        if (matcher != null) {
            question.put("type", matcher.type().name()).put("match", matcher.match());
        }
        question.put("subscriber", subscriber);
        return peers.ask(QUESTION, mapper.writeValueAsBytes(question)).thenApply(answers -> {
            for (byte[] answer : answers.payloads()) {
                mapper.readTree(answer).forEach(found::add);
            }
            return found.size() > most ? found.subList(0, most) : found;
        });
    }

    private CompletionStage<byte[]> answer(byte[] bytes) {
        JsonNode question = mapper.readTree(bytes);
        MercureMatcher matcher = question.has("match")
                ? new MercureMatcher(
                        MercureMatcher.Type.valueOf(question.path("type").asString()),
                        question.path("match").asString())
                : null;
        JsonNode subscriber = question.path("subscriber");
        List<Entry> entries = list(
                Dialect.valueOf(question.path("dialect").asString()),
                matcher,
                subscriber.isString() ? subscriber.asString() : null,
                Integer.MAX_VALUE);
        StringBuilder list = new StringBuilder("[");
        for (Entry entry : entries) {
            if (list.length() > MAX_ANSWER_CHARS) {
                break;
            }
            list.append(list.length() == 1 ? "" : ",").append(entry.json(true));
        }
        return CompletableFuture.completedFuture(list.append(']').toString().getBytes(StandardCharsets.UTF_8));
    }

    private List<Entry> list(Dialect dialect, @Nullable MercureMatcher matcher, @Nullable String subscriber, int most) {
        if (matcher == null || subscriber == null) {
            return list(dialect, matcher, most);
        }
        Entry entry = byMatcher.getOrDefault(matcher, Map.of()).get(subscriber);
        return entry == null ? List.of() : List.of(entry);
    }

    private List<Entry> list(Dialect dialect, @Nullable MercureMatcher matcher, int most) {
        return matcher != null
                ? byMatcher.getOrDefault(matcher, Map.of()).values().stream()
                        .limit(most)
                        .toList()
                : byMatcher.entrySet().stream()
                        .filter(of -> of.getKey().dialect() == dialect)
                        .flatMap(of -> of.getValue().values().stream())
                        .limit(most)
                        .toList();
    }

    /** {@return the text with every byte encoded that is not unreserved (RFC 6570, simple expansion)} */
    static String encode(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = (b >= 'a' && b <= 'z')
                    || (b >= 'A' && b <= 'Z')
                    || (b >= '0' && b <= '9')
                    || b == '-'
                    || b == '.'
                    || b == '_'
                    || b == '~';
            if (plain) {
                out.append((char) b);
            } else {
                out.append('%')
                        .append(Character.toUpperCase(Character.forDigit((b >> 4) & 15, 16)))
                        .append(Character.toUpperCase(Character.forDigit(b & 15, 16)));
            }
        }
        return out.toString();
    }
}
