package io.tidewire.log.kafka;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Cursor;
import io.tidewire.log.EventLog;
import io.tidewire.log.Follower;
import io.tidewire.log.Interest;
import io.tidewire.log.LogException;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Read;
import io.tidewire.log.Resolution;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The log: what is asked of it is answered from memory where that has it, else by threads that wait for the brokers. */
final class KafkaLog implements EventLog {
    static final String CLOSED = "The log is closed: the hub is shutting down; try another or later";

    /** What Kafka deletes while a page is fetched: then it is chosen anew. More often than this it is something else. */
    private static final int MAX_ATTEMPTS = 5;

    private final KafkaConfig config;
    private final Tokens tokens;
    private final Decoder decoder;
    private final View view;
    private final Appender appender;
    private final FetchPool fetchers;
    private final Runnable release;
    private final AtomicReference<@Nullable LogException> refusal = new AtomicReference<>();

    /**
     * Puts the parts together.
     *
     * @param release frees threads and clients
     */
    KafkaLog(
            KafkaConfig config,
            Tokens tokens,
            Decoder decoder,
            View view,
            Appender appender,
            FetchPool fetchers,
            Runnable release) {
        this.decoder = decoder;
        this.config = config;
        this.tokens = tokens;
        this.view = view;
        this.appender = appender;
        this.fetchers = fetchers;
        this.release = release;
    }

    @Override
    public CompletionStage<List<AppendResult>> append(List<Append> batch) {
        return appender.append(batch);
    }

    @Override
    public CompletionStage<Page> read(Read request) {
        LogException refused = refusal.get();
        if (refused != null) {
            return CompletableFuture.failedFuture(refused);
        }
        if (!(request.after() instanceof Place place) || place.tokens() != tokens) {
            throw new IllegalArgumentException(
                    "position: " + request.after().token() + " (expected: one that this log made)");
        }
        Reading reading = view.read(request, place);
        if (reading.draft().isComplete()) {
            return CompletableFuture.completedFuture(reading.page());
        }
        return fetchers.submit(fetcher -> fetch(fetcher, request, place, reading));
    }

    private Page fetch(Fetcher fetcher, Read request, Place place, Reading first) {
        Reading reading = first;
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            if (fetcher.fill(reading.draft())) {
                return reading.page();
            }
            reading = view.read(request, place);
        }
        throw new LogException.Unavailable(
                "Events are deleted faster than they can be read: raise the retention of " + config.topic());
    }

    @Override
    public Position follow(Follower follower) {
        return view.follow(follower);
    }

    @Override
    public CompletionStage<Resolution> resolve(Cursor cursor, Interest interest) {
        LogException refused = refusal.get();
        if (refused != null) {
            return CompletableFuture.failedFuture(refused);
        }
        Resolution resolution = view.resolve(cursor, interest);
        if (resolution != null) {
            return CompletableFuture.completedFuture(resolution);
        }
        return resolveAhead((Cursor.After) cursor, interest);
    }

    /** Another hub has read on further than this one, or so the id says: the brokers know. */
    private CompletionStage<Resolution> resolveAhead(Cursor.After cursor, Interest interest) {
        Tokens.Parsed token = tokens.parse(cursor.lastEventId());
        if (token == null) {
            throw new IllegalStateException("id: none of ours (expected: one that is ahead)");
        }
        return fetchers.submit(fetcher -> fetcher.reaches(token.vector())).thenCompose(reached -> {
            if (!reached) {
                return CompletableFuture.completedFuture(view.unknown(cursor.lastEventId()));
            }
            CompletableFuture<Resolution> future = new CompletableFuture<>();
            boolean waits = view.whenRead(
                    token.vector(),
                    () -> future.completeAsync(() -> {
                        Resolution resolution = view.resolve(cursor, interest);
                        return resolution == null ? view.unknown(cursor.lastEventId()) : resolution;
                    }));
            if (!waits) {
                future.completeExceptionally(
                        new LogException.Unavailable("Too many readers are ahead of this hub: try again later"));
            }
            return future.orTimeout(config.deliveryTimeout().toMillis(), TimeUnit.MILLISECONDS)
                    .exceptionally(failure -> {
                        throw new LogException.Unavailable(
                                "This hub is behind the one that gave the id, and does not catch up: try again",
                                failure);
                    });
        });
    }

    long skippedRecords() {
        return decoder.skipped();
    }

    /** Refuses everything from now on, for good, and says why; {@return whether this was the first reason}. */
    boolean refuse(String reason) {
        LogException failure = new LogException.Unavailable(reason);
        if (!refusal.compareAndSet(null, failure)) {
            return false;
        }
        view.unfollow();
        appender.close(failure);
        return true;
    }

    @Override
    public void close() {
        refuse(CLOSED);
        release.run();
    }
}
