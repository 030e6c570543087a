package io.tidewire.hub;

import io.tidewire.log.MessageBus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other hubs of a cluster: who is alive, and questions to all of them. What it says is of the moment; events never go this
 * way, they go through the log.
 *
 * <p>Safe for any thread; nothing blocks.
 */
public final class Peers implements AutoCloseable {
    /*
     * Each hub says hello every two seconds, and is taken for alive for seven after the last. A question goes to everybody; it is
     * answered when all who are alive have answered it, or when time is up, and then the silent ones are counted.
     */
    private static final Logger LOG = LoggerFactory.getLogger(Peers.class);

    static final Duration HELLO_EVERY = Duration.ofSeconds(2);
    static final Duration LEASE = Duration.ofSeconds(7);

    /** As long as a hub may need after its start to know the others: each says hello within that, and is heard. */
    private static final Duration GET_TO_KNOW = Duration.ofSeconds(3);

    /** Longer than an answer takes on a busy machine, shorter than the patience of who waits for it. */
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(2);

    /** Questions under way; more than that and the bus is what is slow. */
    private static final int MAX_QUESTIONS = 10_000;

    private final MessageBus bus;
    private final long id;
    private final InstantSource clock;
    private final Instant begun;
    private final IntSupplier connections;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "tidewire-peers");
        thread.setDaemon(true);
        return thread;
    });
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by the lock.
    private final Map<Long, Peer> alive = new HashMap<>();
    private final Map<Long, Question> questions = new HashMap<>();
    private final Map<String, Function<byte[], CompletionStage<byte[]>>> responders = new HashMap<>();
    private long lastQuestion;
    private boolean closed;

    private record Peer(long seenMillis, long connections) {}

    /**
     * What the others answered.
     *
     * @param payloads an answer of each that gave one
     * @param silent how many are alive but gave none in time
     */
    public record Answers(List<byte[]> payloads, int silent) {
        /** There is nobody to ask. */
        static final Answers NONE = new Answers(List.of(), 0);

        /** Copies the list. */
        public Answers {
            payloads = List.copyOf(payloads);
        }
    }

    private record Question(Set<Long> waitingFor, List<byte[]> payloads, CompletableFuture<Answers> done) {}

    Peers(MessageBus bus, InstantSource clock, RandomGenerator random, IntSupplier connections) {
        this.bus = bus;
        this.clock = clock;
        this.begun = clock.instant();
        this.connections = connections;
        this.id = random.nextLong();
    }

    /** Begins to listen and to be heard. */
    void join() {
        bus.listen(this::heard);
        hello();
        timer.scheduleWithFixedDelay(
                this::hello, HELLO_EVERY.toMillis(), HELLO_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** {@return whether it has begun so lately that others may be alive of whom it has not heard} */
    boolean isNew() {
        return !clock.instant().isAfter(begun.plus(GET_TO_KNOW));
    }

    /** {@return how many other hubs are alive} */
    public int count() {
        lock.lock();
        try {
            forgetTheDead();
            return alive.size();
        } finally {
            lock.unlock();
        }
    }

    /** {@return how many connections the others said that they have, some seconds ago at most} */
    public long connections() {
        lock.lock();
        try {
            forgetTheDead();
            return alive.values().stream().mapToLong(Peer::connections).sum();
        } finally {
            lock.unlock();
        }
    }

    /** Says how questions of a kind that other hubs ask are answered: quickly, on the bus's thread; one that fails is not answered. */
    public void answering(String kind, Function<byte[], CompletionStage<byte[]>> responder) {
        lock.lock();
        try {
            responders.put(kind, responder);
        } finally {
            lock.unlock();
        }
    }

    /** Asks all other hubs; {@return completes when they have answered, or when time is up; never fails}. */
    public CompletionStage<Answers> ask(String kind, byte[] payload) {
        CompletableFuture<Answers> done = new CompletableFuture<>();
        PeerMessage message;
        lock.lock();
        try {
            forgetTheDead();
            if (alive.isEmpty() || closed || questions.size() >= MAX_QUESTIONS) {
                return CompletableFuture.completedFuture(new Answers(List.of(), alive.size()));
            }
            long number = ++lastQuestion;
            questions.put(number, new Question(new HashSet<>(alive.keySet()), new ArrayList<>(), done));
            message = new PeerMessage(PeerMessage.Type.ASK, id, 0, number, kind, payload);
            timer.schedule(() -> timeIsUp(number), ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            lock.unlock();
        }
        bus.send(message.bytes());
        return done;
    }

    private void timeIsUp(long number) {
        Question question;
        lock.lock();
        try {
            question = questions.remove(number);
        } finally {
            lock.unlock();
        }
        if (question != null) {
            question.done.complete(new Answers(question.payloads, question.waitingFor.size()));
        }
    }

    private void hello() {
        try {
            bus.send(PeerMessage.hello(id, connections.getAsInt()).bytes());
        } catch (RuntimeException e) {
            LOG.warn("The other hubs cannot be told that this one is alive; their listings miss its connections", e);
        }
    }

    // --- on the bus's thread

    private void heard(byte[] bytes) {
        PeerMessage message;
        try {
            message = PeerMessage.of(bytes);
        } catch (IllegalArgumentException e) {
            LOG.debug("Not a message of ours on the bus: {}", e.getMessage());
            return;
        }
        if (message.from() == id) {
            return;
        }
        switch (message.type()) {
            case HELLO -> greeted(message);
            case BYE -> left(message.from());
            case ASK -> asked(message);
            case ANSWER -> {
                if (message.to() == id) {
                    answered(message);
                }
            }
        }
    }

    private void greeted(PeerMessage message) {
        boolean isNew;
        lock.lock();
        try {
            isNew = alive.put(message.from(), new Peer(clock.millis(), message.number())) == null && !closed;
        } finally {
            lock.unlock();
        }
        if (isNew) {
            hello(); // a new one need not wait to know us
        }
    }

    private void asked(PeerMessage message) {
        Function<byte[], CompletionStage<byte[]>> responder;
        lock.lock();
        try {
            responder = closed ? null : responders.get(message.kind());
        } finally {
            lock.unlock();
        }
        if (responder == null) {
            return;
        }
        CompletionStage<byte[]> answer;
        try {
            answer = responder.apply(message.payload());
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        answer.thenAccept(payload -> bus.send(
                        new PeerMessage(PeerMessage.Type.ANSWER, id, message.from(), message.number(), "", payload)
                                .bytes()))
                .whenComplete((sent, failure) -> {
                    if (failure != null) {
                        LOG.warn(
                                "A question of another hub ({}) could not be answered; it counts this one as silent",
                                message.kind(),
                                failure);
                    }
                });
    }

    private void answered(PeerMessage message) {
        Question question;
        lock.lock();
        try {
            question = questions.get(message.number());
            if (question == null || !question.waitingFor.remove(message.from())) {
                return;
            }
            question.payloads.add(message.payload());
            if (!question.waitingFor.isEmpty()) {
                return;
            }
            questions.remove(message.number());
        } finally {
            lock.unlock();
        }
        question.done.complete(new Answers(question.payloads, 0));
    }

    private void left(long peer) {
        List<Question> complete = new ArrayList<>();
        lock.lock();
        try {
            alive.remove(peer);
            questions.values().removeIf(question -> {
                boolean last = question.waitingFor.remove(peer) && question.waitingFor.isEmpty();
                if (last) {
                    complete.add(question);
                }
                return last;
            });
        } finally {
            lock.unlock();
        }
        complete.forEach(question -> question.done.complete(new Answers(question.payloads, 0)));
    }

    private void forgetTheDead() {
        long oldest = clock.millis() - LEASE.toMillis();
        alive.values().removeIf(peer -> peer.seenMillis < oldest);
    }

    /** Says goodbye, so that nobody waits for this hub; closes the bus. */
    @Override
    public void close() {
        List<Question> open;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            open = List.copyOf(questions.values());
            questions.clear();
        } finally {
            lock.unlock();
        }
        timer.shutdownNow();
        bus.send(PeerMessage.bye(id).bytes());
        bus.close();
        open.forEach(question -> question.done.complete(new Answers(question.payloads, question.waitingFor.size())));
    }
}
