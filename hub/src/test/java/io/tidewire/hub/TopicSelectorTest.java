package io.tidewire.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicSelectorTest {

    @ParameterizedTest
    @CsvSource({
        "a, a, true",
        "a, b, false",
        "*, anything/at/all, true",
        "orders/*, orders/42, true",
        "orders/*, orders/, true",
        "orders/*, orders/42/lines, false",
        "orders/*, orders, false",
        "orders/**, orders/42, true",
        "orders/**, orders/42/lines, true",
        "orders/**, orders/, false",
        "orders/**, orders, false",
        "orders/**, orderss/1, false",
        "*/lines, 42/lines, true",
        "*/lines, a/b/lines, false",
        "orders/*-eu, orders/42-eu, true",
        "orders/*-eu, orders/-eu-eu, true",
        "orders/*-eu, orders/42-us, false",
        "*a*b, xxaxxb, true",
        "*a*b, xxbxxa, false",
        "*/*, a/b, true",
        "*/*, a, false",
        "*/**, a/b/c, true",
        "a*/**, abc/d, true",
        "a*/**, abc, false"
    })
    void matchesAsDescribed(String pattern, String topic, boolean expected) {
        assertThat(TopicSelector.parse(pattern).matches(topic)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "**", "a**", "a/**/b", "***", "a\nb", "*/*/*/*/*/*/*/*/*"})
    void otherFormsAreRefused(String pattern) {
        assertThatThrownBy(() -> TopicSelector.parse(pattern))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("topic: ");
    }

    @Test
    void manyStarsOnALongTopicStayCheap() {
        TopicSelector selector = TopicSelector.parse("*a*a*a*a*a*a*a*b");
        assertThat(selector.matches("a".repeat(1000))).isFalse();
    }
}
