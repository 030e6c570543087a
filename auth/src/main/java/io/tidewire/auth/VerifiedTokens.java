package io.tidewire.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that were verified lately, by the SHA-256 of their whole text, so that a mass reconnect costs a hash each and not a
 * signature check. Thread-safe; reading takes no lock.
 */
final class VerifiedTokens {
    /*
     * Two generations. New entries, and old ones that are asked for, go to the young one; when it has half of the bytes, it
     * becomes the old one, and the old one is dropped. So the bound holds by construction, and what is not used goes.
     * A second entry for the same token may be counted until then: the bound is kept, a little too well.
     *
     * An entry counts only while the token and its keys do: a key that its issuer withdraws takes its tokens along.
     */

    /** Key, entry, identity and map node of a token without grants, measured by hand. */
    private static final int ENTRY_BYTES = 400;

    /** A grant, its string and the reference, without the characters. */
    private static final int GRANT_BYTES = 96;

    /** A SHA-256. */
    record Key(long a, long b, long c, long d) {
        static Key of(String token) {
            ByteBuffer hash = ByteBuffer.wrap(Sha256.of(token.getBytes(StandardCharsets.UTF_8)));
            return new Key(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
        }
    }

    private record Entry(Identity identity, List<KeyRole.Proof> proofs) {
        boolean stands(Instant now) {
            Instant expiry = identity.expiry();
            return (expiry == null || now.isBefore(expiry)) && proofs.stream().allMatch(KeyRole.Proof::stands);
        }

        long bytes() {
            long bytes = ENTRY_BYTES + bytes(identity.publish()) + bytes(identity.subscribe());
            for (Identity.Payload each : identity.payloads()) {
                bytes += bytes(each.topics()) + chars(each.json());
            }
            return bytes + chars(identity.subject()) + chars(identity.tokenId());
        }

        private static long bytes(List<Grant> grants) {
            return grants.stream()
                    .mapToLong(each -> GRANT_BYTES + chars(each.match()))
                    .sum();
        }

        private static long chars(@Nullable String text) {
            return text == null ? 0 : 2L * text.length();
        }
    }

    private record Generations(Map<Key, Entry> young, Map<Key, Entry> old) {}

    private final long generationBytes;
    private volatile Generations generations = new Generations(new ConcurrentHashMap<>(), Map.of());

    /** Guards writing, and the one below. */
    private final Object lock = new Object();

    private long youngBytes;

    /**
     * @param maxBytes of memory, as estimated; 0 to keep nothing
     */
    VerifiedTokens(long maxBytes) {
        this.generationBytes = maxBytes / 2;
    }

    @Nullable
    Identity get(Key key, Instant now) {
        Generations seen = generations;
        Entry young = seen.young().get(key);
        Entry entry = young == null ? seen.old().get(key) : young;
        if (entry == null || !entry.stands(now)) {
            return null;
        }
        if (young == null) {
            put(key, entry);
        }
        return entry.identity();
    }

    void put(Key key, Identity identity, List<KeyRole.Proof> proofs) {
        put(key, new Entry(identity, proofs));
    }

    private void put(Key key, Entry entry) {
        long bytes = entry.bytes();
        if (bytes > generationBytes) {
            return;
        }
        synchronized (lock) {
            if (youngBytes + bytes > generationBytes) {
                generations = new Generations(new ConcurrentHashMap<>(), generations.young());
                youngBytes = 0;
            }
            if (generations.young().put(key, entry) == null) {
                youngBytes += bytes;
            }
        }
    }
}
