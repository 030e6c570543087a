package io.tidewire.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tidewire.log.Update;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** Vectors as ids. */
final class TokensTest {
    private static final Bridge BRIDGE = new Bridge("orders", "orders-topic");
    private final Random random = new Random(7);

    private static Layout layout(int own, int bridged) {
        Layout.Section log = new Layout.Section("log", new Uuid(1, 2), own, null);
        return new Layout(
                bridged == 0
                        ? List.of(log)
                        : List.of(log, new Layout.Section("orders-topic", new Uuid(3, 4), bridged, BRIDGE)));
    }

    private long[] anyVector(int size) {
        long[] vector = new long[size];
        for (int slot = 0; slot < size; slot++) {
            vector[slot] = Offsets.place(random.nextLong(1L << random.nextInt(1, 43)), 0);
        }
        if (random.nextBoolean()) {
            vector[random.nextInt(size)] |= random.nextInt(1, Offsets.MAX_EVENTS);
        }
        return vector;
    }

    @Test
    void everyVectorComesBack() {
        for (int run = 0; run < 5000; run++) {
            int own = random.nextInt(1, 7);
            int bridged = random.nextInt(0, 5);
            Tokens tokens = new Tokens(layout(own, bridged));
            long[] vector = anyVector(own + bridged);
            int slot = random.nextInt(vector.length);
            String token = tokens.write(vector, slot);

            Tokens.Parsed parsed = Objects.requireNonNull(tokens.parse(token), token);
            assertThat(parsed.vector()).isEqualTo(vector);
            assertThat(parsed.slot()).isEqualTo(slot);
            assertThat(token).matches("#[A-Za-z0-9._~,;=*/+-]+");
        }
    }

    @Test
    void damagedTokenIsNeverTakenForALongerOne() {
        Tokens tokens = new Tokens(layout(4, 2));
        for (int run = 0; run < 5000; run++) {
            StringBuilder token = new StringBuilder(tokens.write(anyVector(6), 3));
            token.setCharAt(random.nextInt(token.length()), (char) random.nextInt(128));
            Tokens.Parsed parsed = tokens.parse(token.toString());
            if (parsed != null) {
                assertThat(parsed.vector()).hasSize(6);
                assertThat(parsed.slot()).isBetween(0, 5);
            }
        }
        assertThat(tokens.parse(tokens.write(anyVector(6), 0) + "0")).isNull();
    }

    @Test
    void tokenOfAnotherTopicIsNone() {
        Tokens other = new Tokens(new Layout(List.of(new Layout.Section("log", new Uuid(9, 9), 4, null))));

        assertThat(new Tokens(layout(4, 0)).parse(other.write(new long[4], 0))).isNull();
    }

    @Test
    void tokenFromBeforeThereWereMorePartitionsOrABridgeHasSeenNothingOfThem() {
        long[] vector = {Offsets.place(5, 0), Offsets.place(6, 0)};
        String token = new Tokens(layout(2, 0)).write(vector, 1);

        Tokens.Parsed morePartitions = Objects.requireNonNull(new Tokens(layout(4, 0)).parse(token));
        assertThat(morePartitions.vector()).isEqualTo(Arrays.copyOf(vector, 4));
        Tokens.Parsed bridged = Objects.requireNonNull(new Tokens(layout(2, 3)).parse(token));
        assertThat(bridged.vector()).isEqualTo(Arrays.copyOf(vector, 5));
    }

    @Test
    void tokenFromBeforeABridgeWasTakenAwayIsStillOne() {
        long[] vector = {Offsets.place(5, 0), Offsets.place(6, 0), Offsets.place(7, 0)};
        String token = new Tokens(layout(2, 1)).write(vector, 1);

        Tokens.Parsed parsed = Objects.requireNonNull(new Tokens(layout(2, 0)).parse(token));
        assertThat(parsed.vector()).isEqualTo(Arrays.copyOf(vector, 2));
    }

    @Test
    void partitionsThatFitStayWithinTheLengthOfAnId() {
        int most = 0;
        for (int partitions = 1; partitions <= 64; partitions++) {
            long[] ends = new long[partitions];
            Tokens tokens = new Tokens(layout(partitions, 0));
            try {
                tokens.requireRoom(ends);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("kafka.partitions: " + partitions);
                continue;
            }
            most = partitions;
            long[] billion = new long[partitions];
            Arrays.fill(billion, Offsets.place((1L << 30) - 1, 0));
            billion[0] |= Offsets.MAX_EVENTS;
            billion[partitions - 1] |= Offsets.MAX_EVENTS;
            assertThat(tokens.write(billion, 0).length()).isLessThanOrEqualTo(Update.MAX_ID_LENGTH);
        }
        assertThat(most).isEqualTo(17);
    }

    @Test
    void morePartitionsThanFitAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Tokens(layout(40, 0)).requireRoom(new long[40]))
                .withMessageContaining("fewer partitions");
        long[] huge = new long[17];
        Arrays.fill(huge, 1L << 40);
        assertThatIllegalArgumentException().isThrownBy(() -> new Tokens(layout(17, 0)).requireRoom(huge));
    }
}
