package io.tidewire.hub;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A question about something with a name that each hub answers by yes or no, and puts to all others. Safe for any thread. */
final class PeerQuestion {
    private final @Nullable Peers peers;
    private final String kind;

    /**
     * Answers from now on.
     *
     * @param peers null if there are no others
     * @param kind what the hubs call the question
     * @param here this hub's answer, and what it does about it; quick
     */
    PeerQuestion(@Nullable Peers peers, String kind, Predicate<String> here) {
        this.peers = peers;
        this.kind = kind;
        if (peers != null) {
            peers.answering(
                    kind,
                    question -> CompletableFuture.completedFuture(new PeerWriter()
                            .flag(here.test(new PeerReader(question).text()))
                            .bytes()));
        }
    }

    /** {@return whether another hub says yes} */
    CompletionStage<Boolean> anySaysYes(String name) {
        return ask(name).thenApply(PeerQuestion::isYes);
    }

    /**
     * {@return whether another hub says yes, or may: one that is silent counts as such until its lease ends, and so do all as long as this hub is
     * too new to know them}
     */
    CompletionStage<Boolean> anyMaySayYes(String name) {
        Peers others = peers;
        boolean isDoubtful = others != null && others.isNew();
        return ask(name).thenApply(answers -> isDoubtful || answers.silent() > 0 || isYes(answers));
    }

    private CompletionStage<Peers.Answers> ask(String name) {
        return peers == null
                ? CompletableFuture.completedFuture(Peers.Answers.NONE)
                : peers.ask(kind, new PeerWriter().text(name).bytes());
    }

    private static boolean isYes(Peers.Answers answers) {
        return answers.payloads().stream().anyMatch(payload -> new PeerReader(payload).flag());
    }
}
