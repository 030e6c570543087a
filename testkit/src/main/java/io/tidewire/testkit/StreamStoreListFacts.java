package io.tidewire.testkit;

import static io.tidewire.testkit.StreamStoreUnderTest.adding;
import static io.tidewire.testkit.StreamStoreUnderTest.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.stream.StreamInfo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which streams there are. */
abstract class StreamStoreListFacts {
    /** In the order of their UTF-16 code units, which UTF-8 would turn round at the end. */
    private static final List<String> ODD = List.of(
            "\u0000", "\n", " ", "\"", "%", "%41", "'", "*", "..", "/", "//a", "A", "[", "\\", "_", "a", "a b", "a%",
            "a/", "a/b", "a:b", "a_", "aa", "e\u0301", "{a}", "é", "ü/€", "😀", "\uE000", "\uFFFD");

    private final StreamStoreUnderTest store;

    StreamStoreListFacts(StreamStoreUnderTest store) {
        this.store = store;
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void createShuffled(List<String> names) {
        List<String> shuffled = new ArrayList<>(names);
        Collections.shuffle(shuffled, new Random(1));
        shuffled.forEach(name -> store.create(name, name));
    }

    @Test
    void storeBeginsEmpty() {
        assertThat(store.list("", "", 10)).isEmpty();
    }

    @Test
    void oddNamesAreKeptAndInOrder() {
        createShuffled(ODD);

        assertThat(ODD).as("the test itself").isSorted();
        assertThat(store.list("", "", 100)).isEqualTo(ODD);
        for (String name : ODD) {
            assertThat(store.texts(name)).containsExactly(name);
        }
    }

    @Test
    void listHasWhatBeginsSo() {
        createShuffled(ODD);
        for (String prefix : List.of("a", "a/", "%", "_", "*", "e", "é", "\uD83D\uDE00", "b", "a/b/c", "[")) {
            assertThat(store.list(prefix, "", 100))
                    .as("beginning with %s", prefix)
                    .isEqualTo(
                            ODD.stream().filter(name -> name.startsWith(prefix)).toList());
        }
    }

    @Test
    void pagesJoinToTheWhole() {
        List<String> names = IntStream.range(0, 50)
                .mapToObj(i -> "chat/" + (char) ('a' + i / 10) + i % 10)
                .toList();
        createShuffled(names);
        store.create("chat");
        store.create("chat0");
        store.create("cha");
        for (int limit : new int[] {1, 7, 50, 51, 1000}) {
            List<String> found = new ArrayList<>();
            String after = "";
            List<String> page = store.list("chat/", after, limit);
            while (!page.isEmpty()) {
                assertThat(page.size()).isLessThanOrEqualTo(limit);
                found.addAll(page);
                page = store.list("chat/", page.get(page.size() - 1), limit);
            }
            assertThat(found).isEqualTo(names);
        }
    }

    @Test
    void placeNeedNotBeThere() {
        createShuffled(List.of("a", "b1", "b3", "c"));

        assertThat(store.list("", "b2", 10)).containsExactly("b3", "c");
        assertThat(store.list("b", "a", 10)).containsExactly("b1", "b3");
        assertThat(store.list("b", "b", 10)).containsExactly("b1", "b3");
        assertThat(store.list("b", "b3", 10)).isEmpty();
        assertThat(store.list("b", "z", 10)).isEmpty();
        store.delete("b1");
        assertThat(store.list("b", "b1", 10)).containsExactly("b3");
    }

    @Test
    void nameThatIsThePrefixBeginsSo() {
        createShuffled(List.of("a", "a/", "a/b"));

        assertThat(store.list("a", "", 10)).containsExactly("a", "a/", "a/b");
        assertThat(store.list("a", "a", 10)).containsExactly("a/", "a/b");
        assertThat(store.list("a/", "a/", 10)).containsExactly("a/b");
    }

    @Test
    void listSaysWhatIsKnownOfEach() {
        store.create("a", "1");
        store.create("b");
        store.append("b", adding("1", "23").closing());

        assertThat(await(store.store().list("", "", 10))).containsExactly(store.info("a"), store.info("b"));
        StreamInfo b = store.info("b");
        assertThat(b.bytes()).isEqualTo(3);
        assertThat(b.closed()).isTrue();
    }

    @Test
    void pageOfNothingIsRefused() {
        assertThatThrownBy(() -> store.store().list("", "", 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limit: 0");
    }
}
