package io.tidewire.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamSpecTest {
    private static final StreamSpec TEXT = StreamSpec.of("text/plain");
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private final StreamSpecCodec codec = new StreamSpecCodec();

    @Test
    void streamEndsByWhatComesFirst() {
        assertThat(TEXT.expiryAfter(NOON)).isNull();
        assertThat(TEXT.expiringAfter(Duration.ofHours(1)).expiryAfter(NOON)).isEqualTo("2026-11-21T13:00:00Z");
        assertThat(TEXT.expiringAt(NOON).expiryAfter(NOON.plusSeconds(5))).isEqualTo(NOON);
        StreamSpec both = TEXT.expiringAfter(Duration.ofHours(1)).expiringAt(NOON.plusSeconds(60));
        assertThat(both.expiryAfter(NOON)).isEqualTo(NOON.plusSeconds(60));
        assertThat(both.expiryAfter(NOON.minusSeconds(7200))).isEqualTo(NOON.minusSeconds(3600));
        assertThat(TEXT.expiringAfter(Duration.ZERO).expiryAfter(NOON)).isEqualTo(NOON);
    }

    @Test
    void longestLifeDoesNotOverflow() {
        StreamSpec longest = TEXT.expiringAfter(StreamSpec.MAX_TIME_TO_LIVE);
        assertThat(longest.expiryAfter(Instant.parse("9999-12-31T23:59:59Z"))).isAfter("9999-12-31T23:59:59Z");
    }

    @Test
    void boundsAreChecked() {
        assertThatThrownBy(() -> StreamSpec.of(" ")).hasMessageStartingWith("content-type: ");
        assertThatThrownBy(() -> StreamSpec.of("x".repeat(257))).hasMessageStartingWith("content-type: of 257");
        assertThatThrownBy(() -> TEXT.expiringAfter(Duration.ofSeconds(-1))).hasMessageStartingWith("time to live: ");
        assertThatThrownBy(() -> TEXT.expiringAfter(StreamSpec.MAX_TIME_TO_LIVE.plusNanos(1)))
                .hasMessageContaining("expected: zero to 100000 days");
        assertThatThrownBy(() -> TEXT.expiringAt(Instant.MAX)).hasMessageStartingWith("expires at: ");
        assertThatThrownBy(() -> TEXT.with("a", "x".repeat(8192))).hasMessageStartingWith("attributes: 8193");
    }

    @Test
    void ownerIsAnAttribute() {
        assertThat(TEXT.owner()).isEmpty();
        assertThat(TEXT.with(StreamSpec.OWNER, "ann").owner()).contains("ann");
        assertThat(TEXT.with("a", "1").with("a", "2").attributes()).isEqualTo(Map.of("a", "2"));
    }

    @Test
    void specComesBackFromItsBytes() {
        StreamSpec full = new StreamSpec(
                "text/plain; charset=\"ü\"",
                Duration.ofSeconds(3, 5),
                Instant.parse("2099-12-31T23:59:59.123456789Z"),
                Map.of("", "empty", "\u0000", "😀\uD83D", "owner", ""));
        for (StreamSpec spec :
                new StreamSpec[] {TEXT, full, TEXT.expiringAfter(Duration.ZERO), TEXT.expiringAt(NOON)}) {
            assertThat(codec.decode(codec.encode(spec))).isEqualTo(spec);
        }
    }

    @Test
    void bytesThatAreNoSpecAreRefused() {
        byte[] bytes = codec.encode(TEXT.expiringAfter(Duration.ofHours(1)).with("a", "b"));
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> codec.decode(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        bytes[0] = 9;
        assertThatThrownBy(() -> codec.decode(bytes)).hasMessageContaining("version 9");
    }

    @Test
    void bytesThatAreDamagedDoNoHarm() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] sound = codec.encode(
                TEXT.expiringAfter(Duration.ofHours(1)).expiringAt(NOON).with("a", "b"));
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = sound.clone();
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            try {
                assertThat(codec.encode(codec.decode(bytes))).isNotEmpty();
            } catch (IllegalArgumentException refused) {
                assertThat(refused.getMessage()).as("seed %d", seed).isNotNull();
            }
        }
    }
}
