package io.tidewire.stream;

import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what a publisher gives to an answer, and asks for more while the answer takes it. Its monitor guards it. */
final class TokenSubscriber implements Flow.Subscriber<String> {
    private static final Logger LOG = LoggerFactory.getLogger(TokenSubscriber.class);

    /** Tokens asked for at a time: enough that a hand-over between threads is not felt, few enough to drop. */
    private static final int DEMAND = 16;

    private final TokenStream answer;
    private Flow.@Nullable Subscription subscription;
    private int wanted;

    TokenSubscriber(TokenStream answer) {
        this.answer = answer;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscribed) {
        synchronized (this) {
            subscription = subscribed;
        }
        answer.onDrained(this::demand);
        answer.stopped().thenRun(subscribed::cancel);
        demand();
    }

    private void demand() {
        Flow.Subscription from;
        synchronized (this) {
            from = subscription;
            if (from == null || wanted > 0 || answer.isFull() || answer.isStopped()) {
                return;
            }
            wanted = DEMAND;
        }
        from.request(DEMAND);
    }

    @Override
    public void onNext(String token) {
        answer.token(token);
        synchronized (this) {
            wanted--;
        }
        demand();
    }

    @Override
    public void onError(Throwable failure) {
        LOG.error(
                "What makes the tokens of {} failed; its readers were told that much and no more",
                answer.name(),
                failure);
        answer.fail("The answer failed");
    }

    @Override
    public void onComplete() {
        answer.done();
    }
}
