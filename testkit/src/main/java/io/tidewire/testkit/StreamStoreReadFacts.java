package io.tidewire.testkit;

import static io.tidewire.testkit.StreamStoreUnderTest.PLENTY;
import static io.tidewire.testkit.StreamStoreUnderTest.TEXT;
import static io.tidewire.testkit.StreamStoreUnderTest.adding;
import static io.tidewire.testkit.StreamStoreUnderTest.await;
import static io.tidewire.testkit.StreamStoreUnderTest.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamAppend;
import io.tidewire.stream.StreamPage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What comes after a place. */
abstract class StreamStoreReadFacts {
    private final StreamStoreUnderTest store;

    StreamStoreReadFacts(StreamStoreUnderTest store) {
        this.store = store;
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void streamThatDoesNotExistHasNoPage() {
        assertThat(await(store.store().read("s", Offset.START, 1))).isEmpty();
    }

    @Test
    void emptyStreamHasAnEmptyPage() {
        store.create("s");
        StreamPage page = store.read("s", Offset.START, 1);

        assertThat(page.messages()).isEmpty();
        assertThat(page.start()).isEqualTo(Offset.START);
        assertThat(page.tail()).isEqualTo(Offset.START);
        assertThat(page.isUpToDate()).isTrue();
        assertThat(page.isEnd()).isFalse();
    }

    @Test
    void everyPlaceHasWhatComesAfterIt() {
        List<String> all = IntStream.range(0, 30).mapToObj(i -> "m" + i).toList();
        store.create("s");
        all.forEach(text -> store.append("s", text));
        for (int from = 0; from <= all.size(); from++) {
            StreamPage page = store.read("s", new Offset(from), PLENTY);

            assertThat(texts(page.messages())).isEqualTo(all.subList(from, all.size()));
            assertThat(page.start()).isEqualTo(new Offset(from));
            assertThat(page.next()).isEqualTo(new Offset(all.size()));
            assertThat(page.tail()).isEqualTo(page.next());
        }
    }

    @Test
    void placeAfterTheTailIsTheTail() {
        store.create("s", "a", "b");
        for (long after : new long[] {3, 1000, 9_999_999_999_999_999L}) {
            StreamPage page = store.read("s", new Offset(after), PLENTY);

            assertThat(page.start()).isEqualTo(new Offset(2));
            assertThat(page.messages()).isEmpty();
            assertThat(page.isUpToDate()).isTrue();
        }
    }

    @Test
    void pageHasAsMuchAsFits() {
        store.create("s", "aa", "bb", "cc", "d");

        assertThat(texts(store.read("s", Offset.START, 3).messages())).containsExactly("aa");
        assertThat(texts(store.read("s", Offset.START, 4).messages())).containsExactly("aa", "bb");
        assertThat(texts(store.read("s", Offset.START, 5).messages())).containsExactly("aa", "bb");
        assertThat(texts(store.read("s", Offset.START, 6).messages())).containsExactly("aa", "bb", "cc");
        assertThat(texts(store.read("s", new Offset(1), 5).messages())).containsExactly("bb", "cc", "d");
        StreamPage first = store.read("s", Offset.START, 4);
        assertThat(first.next()).isEqualTo(new Offset(2));
        assertThat(first.tail()).isEqualTo(new Offset(4));
        assertThat(first.isUpToDate()).isFalse();
    }

    @Test
    void pageHasAtLeastOneMessage() {
        store.create("s", "long", "", "longer");
        for (int maxBytes : new int[] {0, 1, 3}) {
            assertThat(texts(store.read("s", Offset.START, maxBytes).messages()))
                    .startsWith("long");
            assertThat(texts(store.read("s", new Offset(2), maxBytes).messages()))
                    .containsExactly("longer");
        }
    }

    @Test
    void pagesJoinToTheWhole() {
        List<String> all = new ArrayList<>();
        store.create("s");
        for (int i = 0; i < 40; i++) {
            String[] batch =
                    IntStream.range(0, 60).mapToObj(k -> "x".repeat(k % 17) + k).toArray(String[]::new);
            all.addAll(List.of(batch));
            store.append("s", batch);
        }
        for (int maxBytes : new int[] {1, 100, 4096, 1 << 20}) {
            assertThat(texts(store.readAll("s", Offset.START, maxBytes))).isEqualTo(all);
        }
    }

    @Test
    void endIsSaidOnlyAtTheEnd() {
        store.create("s", TEXT, adding("a", "b").closing());

        StreamPage first = store.read("s", Offset.START, 1);
        assertThat(first.closed()).isTrue();
        assertThat(first.isEnd()).isFalse();
        assertThat(store.read("s", first.next(), 1).isEnd()).isTrue();
        StreamPage tail = store.read("s", new Offset(2), 1);
        assertThat(tail.isEnd()).isTrue();
        assertThat(tail.messages()).isEmpty();
    }

    @Test
    void closingAppearsToWhoHasReadEverything() {
        store.create("s", "a");
        assertThat(store.read("s", new Offset(1), 1).isEnd()).isFalse();
        store.append("s", StreamAppend.CLOSE);

        assertThat(store.read("s", new Offset(1), 1).isEnd()).isTrue();
    }
}
