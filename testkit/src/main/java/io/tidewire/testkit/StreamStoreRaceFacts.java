package io.tidewire.testkit;

import static io.tidewire.testkit.StreamStoreUnderTest.TEXT;
import static io.tidewire.testkit.StreamStoreUnderTest.adding;
import static io.tidewire.testkit.StreamStoreUnderTest.await;
import static io.tidewire.testkit.StreamStoreUnderTest.producer;
import static io.tidewire.testkit.StreamStoreUnderTest.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.stream.AppendOutcome;
import io.tidewire.stream.Creation;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamPage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many at once. */
abstract class StreamStoreRaceFacts {
    private static final int CALLERS = 8;
    private static final int ROUNDS = 30;

    private final StreamStoreUnderTest store;
    private final ExecutorService threads = Executors.newFixedThreadPool(CALLERS + 1);

    StreamStoreRaceFacts(StreamStoreUnderTest store) {
        this.store = store;
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        store.close();
    }

    /** What one of the callers does. */
    private interface Call<T> {
        T by(int caller);
    }

    private <T> List<T> atOnce(Call<T> call) throws Exception {
        store.store(); // opened before they begin
        CyclicBarrier start = new CyclicBarrier(CALLERS);
        List<Callable<T>> calls = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            int caller = i;
            calls.add(() -> {
                start.await(StreamStoreUnderTest.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
                return call.by(caller);
            });
        }
        List<T> answers = new ArrayList<>();
        for (Future<T> answer : threads.invokeAll(calls)) {
            answers.add(answer.get());
        }
        return answers;
    }

    @Test
    void exactlyOneOfManyCreates() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String name = "s" + round;
            List<Creation> creations = atOnce(caller ->
                    await(store.store().create(name, TEXT.with("by", "" + caller), adding("by " + caller))));

            List<Creation> created =
                    creations.stream().filter(Creation::created).toList();
            assertThat(created).hasSize(1);
            assertThat(creations)
                    .extracting(Creation::info)
                    .containsOnly(created.get(0).info());
            assertThat(store.texts(name))
                    .containsExactly(
                            "by " + created.get(0).info().spec().attributes().get("by"));
        }
    }

    @Test
    void exactlyOneOfManyDeletes() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            store.create("s", "a");
            assertThat(atOnce(caller -> await(store.store().delete("s")))).containsOnlyOnce(true);
            assertThat(store.exists("s")).isFalse();
        }
    }

    @Test
    void exactlyOneOfManyCloses() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String name = "s" + round;
            store.create(name);
            List<AppendOutcome> outcomes = atOnce(caller ->
                    await(store.store().append(name, adding("by " + caller).closing())));

            assertThat(outcomes).extracting(AppendOutcome::kind).containsOnlyOnce(AppendOutcome.Kind.APPENDED);
            assertThat(outcomes)
                    .extracting(AppendOutcome::kind)
                    .containsOnly(AppendOutcome.Kind.APPENDED, AppendOutcome.Kind.CLOSED);
            assertThat(store.texts(name)).hasSize(1);
        }
    }

    @Test
    void repeatSentAtTheSameTimeIsTakenOnce() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String name = "s" + round;
            store.create(name);
            List<AppendOutcome> outcomes = atOnce(caller ->
                    await(store.store().append(name, adding("a", "b").by(producer("p", 0, 0)))));

            assertThat(outcomes).extracting(AppendOutcome::kind).containsOnlyOnce(AppendOutcome.Kind.APPENDED);
            assertThat(outcomes)
                    .allMatch(AppendOutcome::isTaken)
                    .extracting(AppendOutcome::tail)
                    .containsOnly(new Offset(2));
            assertThat(store.texts(name)).containsExactly("a", "b");
        }
    }

    @Test
    void messagesOfAnAppendStayTogetherWhereItsOutcomeSays() throws Exception {
        int appends = 100;
        store.create("s");
        List<String[]> expected = new ArrayList<>();
        List<List<AppendOutcome>> outcomes = atOnce(caller -> IntStream.range(0, appends)
                .mapToObj(i -> await(store.store().append("s", adding(messages(caller, i)))))
                .toList());

        List<String> all = store.texts("s");
        Set<Offset> tails = new HashSet<>();
        for (int caller = 0; caller < CALLERS; caller++) {
            Offset before = Offset.START;
            for (int i = 0; i < appends; i++) {
                String[] messages = messages(caller, i);
                Offset tail = outcomes.get(caller).get(i).tail();
                int to = (int) tail.number();
                assertThat(all.subList(to - messages.length, to)).containsExactly(messages);
                assertThat(tail).isGreaterThan(before);
                before = tail;
                tails.add(tail);
                expected.add(messages);
            }
        }
        assertThat(tails).hasSize(CALLERS * appends);
        assertThat(all).hasSize(expected.stream().mapToInt(each -> each.length).sum());
    }

    private static String[] messages(int caller, int number) {
        return IntStream.rangeClosed(0, (caller + number) % 5)
                .mapToObj(i -> caller + "/" + number + "/" + i)
                .toArray(String[]::new);
    }

    @Test
    void readerThatFollowsSeesEverythingOnceAndInOrder() throws Exception {
        int appends = 60;
        store.create("s");
        Future<List<String>> reading = threads.submit(() -> {
            List<String> seen = new ArrayList<>();
            Offset next = Offset.START;
            while (true) {
                StreamPage page = store.read("s", next, 500);
                seen.addAll(texts(page.messages()));
                next = page.next();
                if (page.isEnd()) {
                    return seen;
                }
            }
        });
        atOnce(caller -> {
            for (int i = 0; i < appends; i++) {
                await(store.store().append("s", adding(messages(caller, i))));
            }
            return caller;
        });
        store.append("s", StreamAppend.CLOSE);

        List<String> seen = reading.get(StreamStoreUnderTest.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        assertThat(seen).doesNotHaveDuplicates().isEqualTo(store.texts("s"));
    }

    @Test
    void appendsBesideDeletionAndCreationGoToTheOneOrTheOtherStream() throws Exception {
        store.create("s", "0");
        List<Integer> taken = atOnce(caller -> {
            if (caller == 0) {
                for (int life = 1; life <= ROUNDS; life++) {
                    assertThat(await(store.store().delete("s"))).isTrue();
                    assertThat(await(store.store().create("s", TEXT, adding(Integer.toString(life))))
                                    .created())
                            .isTrue();
                }
                return 0;
            }
            int count = 0;
            for (int i = 0; i < 100; i++) {
                AppendOutcome outcome = await(store.store().append("s", adding("by " + caller + ", " + i)));
                assertThat(outcome.kind()).isIn(AppendOutcome.Kind.APPENDED, AppendOutcome.Kind.NO_STREAM);
                assertThat(outcome.tail().number() == 1)
                        .as("before the first message")
                        .isFalse();
                count++;
            }
            return count;
        });

        List<String> last = store.texts("s");
        assertThat(last).startsWith(Integer.toString(ROUNDS)).doesNotHaveDuplicates();
        assertThat(store.info("s").tail()).isEqualTo(new Offset(last.size()));
        assertThat(taken).contains(100);
    }
}
