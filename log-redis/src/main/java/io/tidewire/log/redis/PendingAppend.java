package io.tidewire.log.redis;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Events that one caller wants appended. */
final class PendingAppend extends Pending<List<AppendResult>> {
    private final List<Append> batch;
    private List<AppendResult> answer = List.of();
    private StreamPosition newest = StreamPosition.of(0, 0);

    PendingAppend(List<Append> batch, byte[][] arguments) {
        super(arguments, 0);
        this.batch = List.copyOf(batch);
    }

    @Override
    int size() {
        return batch.size();
    }

    @Override
    void complete(List<Object> answers, int from) {
        long epoch = Answers.number(answers.get(0));
        List<AppendResult> results = new ArrayList<>(batch.size());
        long last = 0;
        for (int i = 0; i < batch.size(); i++) {
            Outcome outcome = Outcome.parse(Answers.text(answers.get(from + i)));
            results.add(outcome.result(epoch, batch.get(i)));
            if (outcome.kind == 'A') {
                last = outcome.number;
            }
        }
        stopTimer();
        newest = StreamPosition.of(epoch, last);
        answer = results;
    }

    /** {@return the newest that {@link #complete} found appended; number 0 if there is none} */
    StreamPosition newest() {
        return newest;
    }

    @Override
    void acknowledge() {
        result().complete(answer);
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
