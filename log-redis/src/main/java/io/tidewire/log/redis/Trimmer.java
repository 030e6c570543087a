package io.tidewire.log.redis;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Clears away what the retention does not allow to be kept, a step at a time. Every hub does; it is cheap if there is nothing. */
final class Trimmer implements Link.User {
    private static final Logger LOG = LoggerFactory.getLogger(Trimmer.class);

    private static final long INTERVAL_MILLIS = 1000;

    /** Between two steps Redis serves others. */
    private static final long PAUSE_MILLIS = 5;

    /** For so long what was cut stays in the stream, unseen by readers, for hubs that follow a little behind. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Link link;
    private final Bounds bounds;
    private final byte[][] keys;
    private final Duration timeout;
    // The store's thread.
    private String cutsCursor = "0";
    private boolean toldFailure;
    private @Nullable Session current;

    Trimmer(Link link, Bounds bounds, byte[][] keys, Duration timeout) {
        this.link = link;
        this.bounds = bounds;
        this.keys = keys;
        this.timeout = timeout;
    }

    @Override
    public void up(Session session) {
        current = session;
        step(session);
    }

    @Override
    public void down(Fault fault) {
        current = null;
    }

    private void step(Session session) {
        if (session != current) {
            return;
        }
        ping(session);
        byte[][] own = Answers.bytes(Long.toString(GRACE.toNanos() / 1000), cutsCursor);
        Session.within(timeout, Session.run(session.reads(), Script.TRIM, keys, bounds.with(own)))
                .whenComplete((answer, failure) -> link.onThread(() -> stepped(session, answer, failure)));
    }

    /** Keeps the connection for appends from being closed as idle, and notices if it was. */
    private void ping(Session session) {
        Session.within(timeout, session.appends().async().ping().toCompletableFuture())
                .whenComplete((answer, failure) -> {
                    if (failure != null && Fault.of(failure).kind() == Fault.Kind.LOST) {
                        link.lost(session, Fault.of(failure));
                    }
                });
    }

    private void stepped(Session session, @Nullable List<Object> answer, @Nullable Throwable failure) {
        long pause = INTERVAL_MILLIS;
        if (answer != null) {
            toldFailure = false;
            cutsCursor = Answers.text(answer.get(1));
            pause = Answers.text(answer.get(0)).equals("1") ? PAUSE_MILLIS : INTERVAL_MILLIS;
        } else if (failure != null) {
            tell(session, Fault.of(failure));
        }
        link.schedule(() -> step(session), pause);
    }

    private void tell(Session session, Fault fault) {
        if (fault.kind() == Fault.Kind.LOST) {
            link.lost(session, fault);
        } else if (!toldFailure) {
            toldFailure = true;
            LOG.error("History in Redis at {} cannot be trimmed and goes on growing: {}", session.node(), fault.text());
        }
    }
}
