package io.tidewire.hub;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Asks the other hubs which of them works on a task, and answers them. Safe for any thread. */
final class TaskPeers {
    private static final String RUN = "task-run";
    private static final String CANCEL = "task-cancel";

    private final @Nullable Peers peers;

    /**
     * Answers from now on.
     *
     * @param peers null if there are no others
     * @param isRunHere whether this process works on a task
     * @param cancelHere asks it to stop, if it does
     */
    TaskPeers(@Nullable Peers peers, Predicate<String> isRunHere, Predicate<String> cancelHere) {
        this.peers = peers;
        if (peers != null) {
            answer(peers, RUN, isRunHere);
            answer(peers, CANCEL, cancelHere);
        }
    }

    private static void answer(Peers peers, String kind, Predicate<String> answer) {
        peers.answering(
                kind,
                question -> CompletableFuture.completedFuture(new PeerWriter()
                        .flag(answer.test(new PeerReader(question).text()))
                        .bytes()));
    }

    /** {@return whether there may be others at all} */
    boolean exist() {
        return peers != null;
    }

    /** {@return whether another process works on it, or may: one that is silent counts as such until its lease ends} */
    CompletionStage<Boolean> run(String id) {
        Peers others = peers;
        return others == null
                ? CompletableFuture.completedFuture(false)
                : others.ask(RUN, new PeerWriter().text(id).bytes())
                        .thenApply(answers -> answers.silent() > 0
                                || answers.payloads().stream().anyMatch(payload -> new PeerReader(payload).flag()));
    }

    /** Asks whoever works on it to stop. */
    void cancel(String id) {
        Peers others = peers;
        if (others != null) {
            others.ask(CANCEL, new PeerWriter().text(id).bytes());
        }
    }
}
