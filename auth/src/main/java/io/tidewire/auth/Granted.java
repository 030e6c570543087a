package io.tidewire.auth;

import java.util.List;
import java.util.stream.Stream;

/** What the claims of a token grant, before it is known what its key may grant. */
record Granted(List<Grant> publish, List<Grant> subscribe, List<Identity.Payload> payloads) {
    static final Granted NOTHING = new Granted(List.of(), List.of(), List.of());

    Stream<Grant> all() {
        return Stream.concat(publish.stream(), subscribe.stream());
    }
}
