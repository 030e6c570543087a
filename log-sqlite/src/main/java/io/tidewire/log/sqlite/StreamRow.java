package io.tidewire.log.sqlite;

import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamInfo;
import io.tidewire.stream.StreamSpec;
import io.tidewire.stream.StreamSpecCodec;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A stream as the file has it.
 *
 * @param id its own, for as long as anything of it is in the file
 * @param tail how many messages it has
 * @param seq the writer's newest sequence text
 */
record StreamRow(
        long id,
        String name,
        StreamSpec spec,
        long createdMillis,
        long lastUseMillis,
        long tail,
        long bytes,
        boolean closed,
        @Nullable String seq) {
    /** What {@link #of} reads; a condition follows. */
    static final String SELECT = "select id, name, created, last_use, tail, bytes, closed, seq, body"
            + " from stream join spec on spec.stream = stream.id where ";

    private static final StreamSpecCodec CODEC = new StreamSpecCodec();

    static StreamRow of(ResultSet row) throws SQLException {
        return new StreamRow(
                row.getLong(1),
                UtfName.decode(row.getBytes(2)),
                CODEC.decode(row.getBytes(9)),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6),
                row.getBoolean(7),
                row.getString(8));
    }

    static byte[] encode(StreamSpec spec) {
        return CODEC.encode(spec);
    }

    StreamRow usedAt(long millis) {
        long lastUse = Math.max(lastUseMillis, millis);
        return lastUse == lastUseMillis
                ? this
                : new StreamRow(id, name, spec, createdMillis, lastUse, tail, bytes, closed, seq);
    }

    boolean isExpired(long nowMillis) {
        Instant expiry = expiry();
        return expiry != null && !Instant.ofEpochMilli(nowMillis).isBefore(expiry);
    }

    /** {@return the first millisecond at which it is gone if it is not used again; null if there is none} */
    @Nullable
    Long expiresMillis() {
        Instant expiry = expiry();
        return expiry == null ? null : expiry.plusNanos(999_999).toEpochMilli();
    }

    private @Nullable Instant expiry() {
        return spec.expiryAfter(Instant.ofEpochMilli(lastUseMillis));
    }

    StreamInfo info() {
        return new StreamInfo(
                name,
                spec,
                Instant.ofEpochMilli(createdMillis),
                Instant.ofEpochMilli(lastUseMillis),
                new Offset(tail),
                bytes,
                closed);
    }
}
