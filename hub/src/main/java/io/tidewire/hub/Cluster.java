package io.tidewire.hub;

import io.tidewire.log.Audience;
import io.tidewire.log.MessageBus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The connections of all hubs that share a log and a bus: listed, counted, changed and ended, wherever they are. Without a bus it is
 * this hub alone. What is told is of the moment; a hub that does not answer in time is counted in the {@link Scope}.
 *
 * <p>Safe for any thread.
 *
 * <pre>{@code
 * hub.cluster().ofUser("ann").thenAccept(page -> System.out.println(page.total() + " on " + page.scope().hubs() + " hubs"));
 * }</pre>
 */
public final class Cluster {
    /** An answer ends here, with room for one more connection: a hundred topics of a thousand characters of three bytes. */
    private static final int MAX_ANSWER_BYTES = MessageBus.MAX_BYTES / 4;

    private static final String PAGE = "page";
    private static final String OF_USER = "user";
    private static final String FIND = "find";
    private static final String REACH = "reach";
    private static final String END = "end";
    private static final String TOPICS = "topics";
    private static final String TOKEN = "token";

    private final Hub hub;
    private final @Nullable Peers peers;
    private final BiFunction<String, String, TopicSelector> selectors;

    /** Which connections to end: one, or those of a user, with a topic or pattern, or with a token. */
    public enum By {
        /** The connection's id. */
        ID,
        /** The user's name. */
        USER,
        /** The topic or pattern, as it was asked for. */
        TOPIC,
        /** The token's id. */
        TOKEN
    }

    Cluster(Hub hub, @Nullable Peers peers, BiFunction<String, String, TopicSelector> selectors) {
        this.hub = hub;
        this.peers = peers;
        this.selectors = selectors;
        if (peers != null) {
            peers.answering(PAGE, at(in -> answerPage(in.text(), (int) in.number())));
            peers.answering(OF_USER, at(in -> answerAll(hub.connections(in.text()))));
            peers.answering(
                    FIND, at(in -> answerAll(hub.connection(in.text()).stream().toList())));
            peers.answering(REACH, at(in -> new PeerWriter().number(hub.reach(new Audience.User(in.text())))));
            peers.answering(
                    END, at(in -> new PeerWriter().number(endHere(By.valueOf(in.text()), in.text(), reason(in)))));
            peers.answering(TOPICS, in -> changeHere(new PeerReader(in)).thenApply(Cluster::changed));
            peers.answering(TOKEN, in -> renewHere(new PeerReader(in)).thenApply(Cluster::changed));
        }
    }

    private static Function<byte[], CompletionStage<byte[]>> at(Function<PeerReader, PeerWriter> answer) {
        return bytes -> CompletableFuture.completedFuture(
                answer.apply(new PeerReader(bytes)).bytes());
    }

    /** {@return the other hubs, to ask them for more; null if there is no bus} */
    public @Nullable Peers peers() {
        return peers;
    }

    private CompletionStage<Peers.Answers> ask(String kind, PeerWriter question) {
        return peers == null
                ? CompletableFuture.completedFuture(Peers.Answers.NONE)
                : peers.ask(kind, question.bytes());
    }

    // --- listings

    /**
     * {@return the next connections of all hubs, in the order of their ids; at most so many, and fewer if they do not fit a message}
     *
     * @param after the last id of the page before; empty for the first
     */
    public CompletionStage<ConnectionPage> connections(String after, int limit) {
        return ask(PAGE, new PeerWriter().text(after).number(limit)).thenApply(answers -> {
            List<ConnectionInfo> found = new ArrayList<>(hub.connections(after, limit));
            String complete = found.size() == limit ? found.get(limit - 1).id() : null;
            long total = hub.connectionCount();
            for (byte[] payload : answers.payloads()) {
                PeerReader in = new PeerReader(payload);
                total += in.number();
                complete = lower(complete, in.textOrNone());
                readConnections(in, found);
            }
            return page(found, limit, complete, total, Scope.of(answers));
        });
    }

    /** What is above the lowest end of a part that goes on would leave holes. */
    private static ConnectionPage page(
            List<ConnectionInfo> found, int limit, @Nullable String complete, long total, Scope scope) {
        found.sort(Comparator.comparingLong(info -> ConnectionIds.parse(info.id())));
        List<ConnectionInfo> part = found.stream()
                .filter(info -> complete == null || ConnectionIds.parse(info.id()) <= ConnectionIds.parse(complete))
                .limit(limit)
                .toList();
        boolean goesOn = complete != null || found.size() > part.size();
        String next = goesOn && !part.isEmpty() ? part.get(part.size() - 1).id() : null;
        return new ConnectionPage(part, total, next, scope);
    }

    private static @Nullable String lower(@Nullable String one, @Nullable String other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return ConnectionIds.parse(one) <= ConnectionIds.parse(other) ? one : other;
    }

    private PeerWriter answerPage(String after, int limit) {
        List<ConnectionInfo> page = hub.connections(after, limit);
        PeerWriter connections = new PeerWriter();
        int fitting = 0;
        while (fitting < page.size() && connections.size() < MAX_ANSWER_BYTES) {
            connections.connection(page.get(fitting++));
        }
        boolean goesOn = fitting == limit || fitting < page.size();
        return new PeerWriter()
                .number(hub.connectionCount())
                .textOrNone(goesOn && fitting > 0 ? page.get(fitting - 1).id() : null)
                .then(connections);
    }

    /** {@return the connections of one user, on all hubs; of each other hub as many as fit a message, the total counts all} */
    public CompletionStage<ConnectionPage> ofUser(String user) {
        return ask(OF_USER, new PeerWriter().text(user)).thenApply(answers -> merged(hub.connections(user), answers));
    }

    /** {@return the connection of that id, on whichever hub it is} */
    public CompletionStage<Optional<ConnectionInfo>> find(String id) {
        Optional<ConnectionInfo> here = hub.connection(id);
        return here.isPresent()
                ? CompletableFuture.completedFuture(here)
                : ask(FIND, new PeerWriter().text(id))
                        .thenApply(answers -> merged(List.of(), answers).connections().stream()
                                .findFirst());
    }

    private static ConnectionPage merged(List<ConnectionInfo> here, Peers.Answers answers) {
        List<ConnectionInfo> found = new ArrayList<>(here);
        long total = found.size();
        for (byte[] payload : answers.payloads()) {
            PeerReader in = new PeerReader(payload);
            total += in.number();
            readConnections(in, found);
        }
        return new ConnectionPage(found, total, null, Scope.of(answers));
    }

    private static void readConnections(PeerReader in, List<ConnectionInfo> to) {
        while (!in.isAtEnd()) {
            to.add(in.connection());
        }
    }

    private static PeerWriter answerAll(List<ConnectionInfo> connections) {
        PeerWriter answer = new PeerWriter().number(connections.size());
        for (int i = 0; i < connections.size() && answer.size() < MAX_ANSWER_BYTES; i++) {
            answer.connection(connections.get(i));
        }
        return answer;
    }

    /** {@return how many connections there are on all hubs, the others' as they said some seconds ago at most} */
    public long connectionCount() {
        return hub.connectionCount() + (peers == null ? 0 : peers.connections());
    }

    /** {@return how many connections an update to this audience reaches now, on all hubs; 0 for topics, which are not counted} */
    public CompletionStage<Reach> reach(Audience audience) {
        if (audience instanceof Audience.User user) {
            return ask(REACH, new PeerWriter().text(user.name()))
                    .thenApply(answers -> sum(hub.reach(audience), answers));
        }
        if (audience instanceof Audience.Connection connection) {
            return find(connection.id()).thenApply(found -> new Reach(found.isPresent() ? 1 : 0, scope()));
        }
        long reached = audience instanceof Audience.Everyone ? connectionCount() : 0;
        return CompletableFuture.completedFuture(new Reach(reached, scope()));
    }

    private static Reach sum(long here, Peers.Answers answers) {
        long there = answers.payloads().stream()
                .mapToLong(payload -> new PeerReader(payload).number())
                .sum();
        return new Reach(here + there, Scope.of(answers));
    }

    private Scope scope() {
        return peers == null ? Scope.ALONE : new Scope(1 + peers.count(), 0);
    }

    // --- control

    /** Ends connections on all hubs, telling the clients why; {@return how many there were}. */
    public CompletionStage<Reach> disconnect(By by, String name, CloseReason reason) {
        int here = endHere(by, name, reason);
        if (by == By.ID && here > 0) {
            return CompletableFuture.completedFuture(new Reach(here, scope()));
        }
        PeerWriter question = new PeerWriter().text(by.name()).text(name).text(reason.name());
        return ask(END, question).thenApply(answers -> sum(here, answers));
    }

    private int endHere(By by, String name, CloseReason reason) {
        return switch (by) {
            case ID -> hub.disconnect(name, reason) ? 1 : 0;
            case USER -> hub.disconnectUser(name, reason);
            case TOPIC -> hub.disconnectTopic(name, reason);
            case TOKEN -> hub.disconnectToken(name, reason);
        };
    }

    private static CloseReason reason(PeerReader in) {
        return CloseReason.valueOf(in.text());
    }

    /** Changes an open connection's topics, on whichever hub it is; {@return as {@link Hub#changeTopics}}. */
    public CompletionStage<Optional<List<String>>> changeTopics(
            String id, List<TopicSelector> add, List<TopicSelector> remove) {
        if (hub.connection(id).isPresent()) {
            return hub.changeTopics(id, add, remove);
        }
        PeerWriter question = new PeerWriter().text(id);
        write(question, add);
        write(question, remove);
        return ask(TOPICS, question).thenApply(Cluster::firstChanged);
    }

    private CompletionStage<Optional<List<String>>> changeHere(PeerReader in) {
        return hub.changeTopics(in.text(), readSelectors(in), readSelectors(in));
    }

    /** Gives an open connection a new token, on whichever hub it is; {@return as {@link Hub#renew}}. */
    public CompletionStage<Optional<List<String>>> renew(String id, List<TopicSelector> grants, TokenLease lease) {
        if (hub.connection(id).isPresent()) {
            return hub.renew(id, grants, lease);
        }
        PeerWriter question = new PeerWriter().text(id);
        write(question, grants);
        question.text(lease.tokenId()).instantOrNone(lease.expiry());
        return ask(TOKEN, question).thenApply(Cluster::firstChanged);
    }

    private CompletionStage<Optional<List<String>>> renewHere(PeerReader in) {
        return hub.renew(in.text(), readSelectors(in), new TokenLease(in.text(), in.instantOrNone()));
    }

    private static byte[] changed(Optional<List<String>> topics) {
        PeerWriter answer = new PeerWriter().flag(topics.isPresent());
        topics.ifPresent(answer::texts);
        return answer.bytes();
    }

    private static Optional<List<String>> firstChanged(Peers.Answers answers) {
        for (byte[] payload : answers.payloads()) {
            PeerReader in = new PeerReader(payload);
            if (in.flag()) {
                return Optional.of(in.texts());
            }
        }
        return Optional.empty();
    }

    private static void write(PeerWriter out, List<TopicSelector> selectors) {
        out.number(selectors.size());
        selectors.forEach(selector -> out.text(selector.kind()).text(selector.text()));
    }

    private List<TopicSelector> readSelectors(PeerReader in) {
        List<TopicSelector> read = new ArrayList<>();
        for (long left = in.number(); left > 0; left--) {
            String kind = in.text();
            String text = in.text();
            read.add(
                    switch (kind) {
                        case TopicSelector.OWN_KIND -> TopicSelector.parse(text);
                        case TopicSelector.EXACT_KIND -> new TopicSelector.Exact(text);
                        default -> selectors.apply(kind, text);
                    });
        }
        return read;
    }
}
