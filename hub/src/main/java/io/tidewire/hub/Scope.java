package io.tidewire.hub;

/**
 * How much of a cluster an answer covers.
 *
 * @param hubs how many hubs it covers, this one included
 * @param silent how many others are alive, but did not answer in time
 */
public record Scope(int hubs, int silent) {

    /** This hub, and no other. */
    public static final Scope ALONE = new Scope(1, 0);

    static Scope of(Peers.Answers answers) {
        return new Scope(1 + answers.payloads().size(), answers.silent());
    }
}
