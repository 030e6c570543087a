package io.tidewire.log.redis;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Clears away what is not to be kept, a step at a time. Every hub does; it is cheap if there is nothing. */
final class Trimmer implements Link.User {
    private static final Logger LOG = LoggerFactory.getLogger(Trimmer.class);

    private static final long INTERVAL_MILLIS = 1000;

    /** Between two steps Redis serves others. */
    private static final long PAUSE_MILLIS = 5;

    /**
     * What clears away. Its answer is 1 if there is more to do, else 0; then the cursor for the next step.
     *
     * @param script what a step is
     * @param keys its keys
     * @param arguments its arguments, made of the cursor: "0" for the first step
     * @param consequence what it means if it cannot be done, for the log
     */
    record Job(Script script, byte[][] keys, Function<String, byte[][]> arguments, String consequence) {}

    private final Link link;
    private final Job job;
    private final Duration timeout;
    // The store's thread.
    private String cursor = "0";
    private boolean toldFailure;
    private @Nullable Session current;

    Trimmer(Link link, Job job, Duration timeout) {
        this.link = link;
        this.job = job;
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
        byte[][] arguments = job.arguments().apply(cursor);
        Session.within(timeout, Session.run(session.reads(), job.script(), job.keys(), arguments))
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
            cursor = Answers.text(answer.get(1));
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
            LOG.error("{} in Redis at {}: {}", job.consequence(), session.node(), fault.text());
        }
    }
}
