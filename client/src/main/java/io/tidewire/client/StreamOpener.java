package io.tidewire.client;

import io.tidewire.client.EventSourceException.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Gets from the original address to an open event stream, through redirects. Owned by the source's thread. */
final class StreamOpener {

    // As many as the Fetch standard allows.
    private static final int MAX_REDIRECTS = 20;
    // 8 KiB and 1 s: any problem description, from any server that means to end it.
    private static final int DRAINED_BYTES = 8 << 10;
    private static final Duration DRAIN_PATIENCE = Duration.ofSeconds(1);

    private final RequestPlan plan;
    private final Transport transport;
    private final AnswerRules rules;
    private final Lifecycle lifecycle;

    StreamOpener(RequestPlan plan, Transport transport, AnswerRules rules, Lifecycle lifecycle) {
        this.plan = plan;
        this.transport = transport;
        this.rules = rules;
        this.lifecycle = lifecycle;
    }

    /** A stream that can be read. */
    record OpenStream(URI origin, Transport.Answer answer, Transport.Exchange exchange) {}

    /**
     * Asks for the stream.
     *
     * @param patience how long to wait for each answer
     * @throws EventSourceException if this attempt does not end with a stream; its exchange is closed then
     */
    OpenStream open(EventSourceBuilder.Attempt attempt, String lastEventId, Duration patience)
            throws InterruptedException {
        Map<String, String> headers = headers(attempt);
        RequestPlan.Hop hop = plan.firstHop();
        for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
            Transport.Exchange exchange = start(hop, headers, lastEventId);
            boolean open = false;
            try {
                Transport.Answer answer = answer(exchange, patience);
                if (answer.status() != 200) {
                    drain(exchange);
                }
                if (!AnswerRules.isRedirect(answer.status())) {
                    Optional<EventSourceException> objection = rules.objection(answer);
                    if (objection.isPresent()) {
                        throw objection.get();
                    }
                    open = true;
                    return new OpenStream(hop.uri(), answer, exchange);
                }
                hop = AnswerRules.redirect(hop, answer);
            } finally {
                if (!open) {
                    exchange.close();
                }
            }
        }
        throw new EventSourceException(
                Reason.REDIRECT, "redirects: more than " + MAX_REDIRECTS + " (expected: an answer)");
    }

    // A short body read to its end leaves the connection fit for the next attempt; one that takes longer goes down with
    // it.
    private static void drain(Transport.Exchange exchange) throws InterruptedException {
        byte[] ignored = new byte[DRAINED_BYTES];
        try {
            int count = 1;
            for (int left = DRAINED_BYTES; left > 0 && count > 0; left -= count) {
                count = exchange.read(ignored, DRAIN_PATIENCE);
            }
        } catch (IOException e) {
            return; // the status is what counts
        }
    }

    private Map<String, String> headers(EventSourceBuilder.Attempt attempt) {
        try {
            return plan.headersOf(attempt);
        } catch (RuntimeException e) {
            throw new EventSourceException(Reason.HEADERS, "headers: the function failed (expected: a map)", e);
        }
    }

    private Transport.Exchange start(RequestPlan.Hop hop, Map<String, String> headers, String lastEventId) {
        try {
            Transport.Exchange exchange =
                    transport.start(plan.request(hop, headers, lastEventId, transport.sendsUtf8Headers()));
            lifecycle.attach(exchange);
            return exchange;
        } catch (IllegalArgumentException e) {
            throw new EventSourceException(
                    Reason.REQUEST, "request: refused by the transport (expected: one it can send)", e);
        }
    }

    private static Transport.Answer answer(Transport.Exchange exchange, Duration patience) throws InterruptedException {
        try {
            return exchange.answer(patience)
                    .orElseThrow(() -> new EventSourceException(
                            Reason.SILENT, "answer: none within " + patience + " (expected: a status)"));
        } catch (ConnectException e) {
            throw new EventSourceException(Reason.CONNECT, "connection: none (expected: a server that accepts)", e);
        } catch (IOException e) {
            throw new EventSourceException(Reason.CUT, "connection: broken before the answer (expected: a status)", e);
        }
    }
}
