package io.tidewire.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class UpdateCodecTest {
    private static final Update FULL = new Update(
            new Audience.Topics(List.of("a/1", "ünï/côdé 😀")),
            "price",
            "two\nlines, \u0000 and \uD83D\uDE00",
            "id-1",
            "key-1",
            Duration.ofMillis(1234),
            true);

    private final UpdateCodec codec = new UpdateCodec();

    @Test
    void everythingComesBack() {
        List<Update> updates = List.of(
                FULL,
                Update.to("t").build(),
                Update.to(new Audience.Everyone()).data("x".repeat(100_000)).build(),
                Update.to(new Audience.User("ann")).event("").build(),
                Update.to(new Audience.Connection("c1"))
                        .retry(Duration.ofDays(100_000))
                        .build());

        for (Update update : updates) {
            assertThat(codec.decode(codec.encode(update))).isEqualTo(update);
        }
    }

    /** What stands in somebody's database is never written differently without a new version. */
    @Test
    void bytesOfVersionOneStay() {
        assertThat(HexFormat.of().formatHex(codec.encode(FULL)))
                .isEqualTo("011f000203612f3111c3bc6ec3af2f63c3b464c3a920f09f98801574776f0a6c696e65732c2000"
                        + "20616e6420f09f98800570726963650469642d31056b65792d31d209");
    }

    @Test
    void everyCutIsRefused() {
        byte[] bytes = codec.encode(FULL);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> codec.decode(cut))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("after " + length + " bytes");
        }
    }

    @Test
    void laterVersionIsNamed() {
        assertThatThrownBy(() -> codec.decode(new byte[] {2, 0, 0}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("version 2");
    }

    @Test
    void anyBytesAreAnUpdateOrRefused() {
        Random random = new Random(1);
        byte[] valid = codec.encode(FULL);
        int decoded = 0;
        for (int run = 0; run < 100_000; run++) {
            byte[] bytes = valid.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                codec.decode(bytes);
                decoded++;
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageContaining(":");
            }
        }
        assertThat(decoded).isPositive();
    }
}
