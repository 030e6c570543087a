package io.tidewire.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AudienceTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "*", "a/*", "a\nb", "\u0000u", "\u007f"})
    void topicThatCouldBeAPatternOrBreakALineIsRefused(String topic) {
        assertThatThrownBy(() -> Audience.topic(topic))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("topic: ");
    }

    @Test
    void namesHaveALongestLength() {
        String longest = "x".repeat(Audience.MAX_NAME_LENGTH);
        assertThat(Audience.topic(longest).channel()).isEqualTo(longest);
        assertThatThrownBy(() -> Audience.topic(longest + "x")).hasMessageStartingWith("topic: 1025 characters");
        assertThatThrownBy(() -> new Audience.User(longest + "x")).hasMessageStartingWith("user: 1025 characters");
        assertThatThrownBy(() -> new Audience.Connection("")).hasMessageStartingWith("connection: 0 characters");
    }

    @Test
    void topicsAreSomeButNotTooManyAndDifferent() {
        assertThatThrownBy(() -> new Audience.Topics(List.of())).hasMessageStartingWith("topic: 0 topics");
        assertThatThrownBy(() -> new Audience.Topics(names(Audience.MAX_TOPICS + 1)))
                .hasMessageStartingWith("topic: 1001 topics");
        assertThat(new Audience.Topics(names(Audience.MAX_TOPICS)).names()).hasSize(Audience.MAX_TOPICS);
        assertThatThrownBy(() -> new Audience.Topics(List.of("a", "b", "a"))).hasMessageContaining("twice");
    }

    private static List<String> names(int count) {
        return IntStream.range(0, count).mapToObj(i -> "t" + i).toList();
    }

    @Test
    void laterChangesOfTheListDoNotMatter() {
        String[] names = {"a", "b"};
        Audience.Topics topics = new Audience.Topics(Arrays.asList(names));
        names[0] = "changed";

        assertThat(topics.channel()).isEqualTo("a");
    }

    @Test
    void channelsOfDifferentAudiencesAreApart() {
        List<Audience> audiences = List.of(
                Audience.topic("x"),
                Audience.topic("ux"),
                new Audience.User("x"),
                new Audience.Connection("x"),
                new Audience.Everyone());

        assertThat(new HashSet<>(audiences.stream().map(Audience::channel).toList()))
                .hasSize(5);
    }

    @Nested
    final class InterestIn {
        private final Interest onlyA = new Interest(Set.of("a"), false, "ann");

        @Test
        void aTopicIsByAnyOfItsNames() {
            assertThat(onlyA.includes(Audience.topic("a"))).isTrue();
            assertThat(onlyA.includes(new Audience.Topics(List.of("b", "a")))).isTrue();
            assertThat(onlyA.includes(Audience.topic("b"))).isFalse();
        }

        @Test
        void anyTopicIncludesAllOfThem() {
            assertThat(new Interest(Set.of(), true, null).includes(Audience.topic("b")))
                    .isTrue();
        }

        @Test
        void aUserIsByName() {
            assertThat(onlyA.includes(new Audience.User("ann"))).isTrue();
            assertThat(onlyA.includes(new Audience.User("bob"))).isFalse();
            assertThat(new Interest(Set.of("a"), true, null).includes(new Audience.User("bob")))
                    .isFalse();
        }

        @Test
        void everyoneAndConnectionsIsAlways() {
            Interest none = new Interest(Set.of(), false, null);
            assertThat(none.includes(new Audience.Everyone())).isTrue();
            assertThat(none.includes(new Audience.Connection("c"))).isTrue();
        }

        @Test
        void allIncludesEveryUser() {
            assertThat(Interest.ALL.includes(new Audience.User("bob"))).isTrue();
        }
    }
}
