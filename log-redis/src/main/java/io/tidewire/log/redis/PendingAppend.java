package io.tidewire.log.redis;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.LogException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** What one caller wants appended, ready to be sent. The mutable part belongs to the store's thread. */
final class PendingAppend {
    private final List<Append> batch;
    private final byte[][] arguments;
    private final long bytes;
    private final CompletableFuture<List<AppendResult>> result = new CompletableFuture<>();
    private @Nullable Future<?> deadline;
    private List<AppendResult> answer = List.of();

    PendingAppend(List<Append> batch, byte[][] arguments) {
        this.batch = List.copyOf(batch);
        this.arguments = arguments;
        long sum = 0;
        for (byte[] argument : arguments) {
            sum += argument.length;
        }
        this.bytes = sum;
    }

    int size() {
        return batch.size();
    }

    long bytes() {
        return bytes;
    }

    byte[][] arguments() {
        return arguments;
    }

    CompletableFuture<List<AppendResult>> result() {
        return result;
    }

    boolean isDone() {
        return result.isDone();
    }

    boolean hasDeadline() {
        return deadline != null;
    }

    void setDeadline(Future<?> timer) {
        deadline = timer;
    }

    void fail(LogException failure) {
        stopTimer();
        result.completeExceptionally(failure);
    }

    /** Completes with what the script said, from {@code answers[from]} on; {@return the newest number in it, or 0}. */
    long complete(long epoch, List<Object> answers, int from) {
        List<AppendResult> results = new ArrayList<>(batch.size());
        long newest = 0;
        for (int i = 0; i < batch.size(); i++) {
            Outcome outcome = Outcome.parse(Answers.text(answers.get(from + i)));
            results.add(outcome.result(epoch, batch.get(i)));
            if (outcome.kind == 'A') {
                newest = outcome.number;
            }
        }
        stopTimer();
        answer = results;
        return newest;
    }

    /** Tells the caller what {@link #complete} found. */
    void acknowledge() {
        result.complete(answer);
    }

    private void stopTimer() {
        Future<?> timer = deadline;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** One line of the script's answer: a letter, a number, and an id of a publisher; see append.lua. */
    private record Outcome(char kind, long number, String own) {
        static Outcome parse(String text) {
            int space = text.indexOf(' ');
            if (text.length() == 1) {
                return new Outcome(text.charAt(0), 0, "");
            }
            String number = text.substring(1, space < 0 ? text.length() : space);
            return new Outcome(text.charAt(0), Long.parseLong(number), space < 0 ? "" : text.substring(space + 1));
        }

        AppendResult result(long epoch, Append append) {
            return switch (kind) {
                case 'A' ->
                    new AppendResult(
                            AppendResult.Outcome.APPENDED,
                            idOf(epoch, append.update().id()));
                case 'D' -> new AppendResult(AppendResult.Outcome.DUPLICATE, idOf(epoch, own));
                case 'C' -> new AppendResult(AppendResult.Outcome.CONFLICT, number == 0 ? null : idOf(epoch, own));
                default -> throw new IllegalStateException("outcome: " + kind + " (expected: A, D or C)");
            };
        }

        private String idOf(long epoch, @Nullable String given) {
            return given == null || given.isEmpty()
                    ? StreamPosition.of(epoch, number).token()
                    : given;
        }
    }
}
