package io.tidewire.server;

import io.tidewire.auth.Dialect;
import io.tidewire.hub.Hub;
import java.net.URI;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The Mercure hub of a server: what all its connections share. Immutable but for who is present.
 *
 * @param config what is offered
 * @param url the hub's URL, or its path if it is not known under which name clients reach it
 * @param resource the resource identifier, or null if there is none
 * @param presence who is subscribed to what; null if nobody may know
 */
record Mercure(
        MercureConfig config,
        String url,
        @Nullable String resource,
        @Nullable MercurePresence presence) {

    static final String PATH = TidewireBuilder.MERCURE_PATH;

    static Mercure of(MercureConfig config, @Nullable String publicUrl, Hub hub) {
        URI resource = config.resource();
        return new Mercure(
                config,
                publicUrl == null ? PATH : publicUrl,
                resource == null ? publicUrl : resource.toString(),
                config.subscriptions() ? new MercurePresence(hub, () -> "urn:uuid:" + UUID.randomUUID()) : null);
    }

    boolean speaks(Dialect dialect) {
        return dialect == Dialect.MERCURE_1 ? config.draft08() : config.deployed();
    }

    /** {@return the version by which a request is answered that does not say} */
    Dialect usual() {
        return config.draft08() ? Dialect.MERCURE_1 : Dialect.MERCURE_0X;
    }
}
