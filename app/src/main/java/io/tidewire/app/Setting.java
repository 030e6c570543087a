package io.tidewire.app;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Every setting there is: its key in {@code tidewire.yaml}, from which its flag ({@code --key}, dots as dashes) and its environment
 * variable ({@code TIDEWIRE_KEY}, all as underscores) follow, its default, and a sentence for the help.
 */
enum Setting {
    HOST("host", "127.0.0.1", "Address to listen on; 0.0.0.0 lets other machines connect"),
    PORT("port", "8080", "Port to listen on; 0 takes any that is free"),
    THREADS("threads", "0", "Event loops, each with a share of the subscribers; 0 is one per core"),
    TRANSPORT("transport", "auto", "How sockets are watched: auto, epoll, io-uring or nio"),
    TLS_CERTIFICATE("tls.certificate", "", "PEM file with the certificate chain; read again when it changes"),
    TLS_KEY("tls.key", "", "PEM file with its private key"),
    TLS_SELF_SIGNED("tls.self-signed", "false", "TLS with a certificate of its own making, for development"),
    HTTP3("http3", "true", "With TLS, offer HTTP/3 too, on the same port number over UDP"),
    PUBLIC_URL("public-url", "", "Where clients reach this hub, as in https://hub.example.com"),
    CORS_ORIGINS(
            "cors.origins",
            "",
            "Other sites, with commas, whose pages may call with their cookies; * for all, without"),
    AUTH_SECRET("auth.secret", "", "Secret that tokens are signed with (HMAC), 32 bytes or more"),
    AUTH_KEYS("auth.keys", "", "PEM file with public keys that tokens are signed with (RSA, EC, Ed25519)"),
    AUTH_JWKS("auth.jwks", "", "URL of an issuer's key set"),
    AUTH_ISSUER("auth.issuer", "", "What the tokens' iss must be; without it, any"),
    AUTH_AUDIENCE("auth.audience", "", "What the tokens' aud must contain; without it, anything"),
    AUTHORIZE_URL("authorize.url", "", "Where to ask whom a token stands for, if it is none of the others'"),
    AUTHORIZE_SECRET("authorize.secret", "", "Secret that the questions are signed with, 24 bytes or more"),
    AUTH_QUERY("auth.query-token", "false", "Take tokens from the query too, where proxies log them"),
    AUTH_ANONYMOUS_SUBSCRIBE(
            "auth.anonymous-subscribe",
            "auto",
            "Let those without a token listen to what is not private: true, false, or auto: if nobody has tokens"),
    AUTH_ANONYMOUS_PUBLISH("auth.anonymous-publish", "false", "Let those without a token publish; as --dev does"),
    MERCURE(
            "mercure",
            "both",
            "Which Mercure at /.well-known/mercure: 1.0 (draft-08), 0.x (the deployed one), both or off"),
    MERCURE_SUBSCRIPTIONS("mercure.subscriptions", "true", "List and announce Mercure's active subscriptions"),
    WEBHOOKS_URL("webhooks.url", "", "Where to POST who connects and leaves, and which topics are listened to"),
    WEBHOOKS_SECRET("webhooks.secret", "", "Secret that those are signed with, 24 bytes or more"),
    UPSTREAM(
            "upstream",
            "",
            "Language models' servers that /llm/NAME/... forwards to, as in openai=https://api.openai.com; keys by upstream.NAME.key"),
    LLM_WHEN_UNREAD("llm.when-unread", "go-on", "What becomes of an answer that nobody reads: go-on or cancel"),
    LLM_GRACE("llm.grace", "30s", "With cancel, after what time without a reader"),
    LLM_MAX_DURATION("llm.max-duration", "30m", "Longest time of an answer"),
    LLM_KEEP("llm.keep", "1h", "How long an answer is kept after its last use"),
    LLM_DRAIN("llm.drain", "30s", "How long running answers may go on at shutdown"),
    LLM_REQUEST_BYTES("llm.request-bytes", "32MiB", "Most bytes of the body of a request to a language model"),
    ACCESS_LOG("access-log", "false", "Log each request as a line of JSON"),
    USER("user", "none", "Who a subscriber is: none, query:NAME or header:NAME; trusted as it comes"),
    TRUSTED_PROXIES(
            "trusted-proxies",
            "",
            "Addresses and subnets, with commas, whose Forwarded or X-Forwarded-For is believed"),
    KEEP_ALIVE("keep-alive", "30s", "Silence after which a stream gets a keep-alive"),
    RETRY("retry", "2s", "Reconnection time told to clients; jittered, stretched in a rush"),
    MAX_AGE("max-age", "0s", "Age at which a stream is closed to be opened anew; 0s is never"),
    SLOW_GRACE("slow-grace", "5s", "How long a reader with slow=disconnect may stall"),
    GAP_POLICY("gap-policy", "resume", "A reader whose history was cut: resume or disconnect"),
    DATA("data", "", "Directory of a history that outlives the process (SQLite); made if it is missing"),
    DURABILITY(
            "durability",
            "fsync",
            "With data: events are acknowledged when they are on the disk (fsync) or written (normal)"),
    STORE(
            "store",
            "",
            "A history that many hubs share: redis://host:port, redis-sentinel://host,host#master, kafka://host:port"),
    STORE_NAME("store.name", "tidewire", "What Redis's keys begin with, or Kafka's topic; one name is one cluster"),
    STORE_USER("store.user", "", "Redis's user, without which it is its default one"),
    STORE_PASSWORD("store.password", "", "Redis's password"),
    STORE_CA("store.ca", "", "PEM file that the certificate of a rediss:// store is checked against"),
    STORE_WAIT("store.wait", "0s", "How long a publish waits for a Redis that is away, before it fails with 503"),
    STORE_REPLICAS(
            "store.replicas",
            "0",
            "Redis: replicas that must have an event before it is acknowledged; Kafka: of a new topic"),
    KAFKA_PARTITIONS("kafka.partitions", "8", "Partitions of the topic, if it has to be made"),
    KAFKA_PROPERTIES("kafka.properties", "", "File of Kafka's client properties: security.*, ssl.*, sasl.*"),
    FROM_KAFKA("from-kafka", "", "Kafka topics to serve as events, with commas, as in orders=orders-topic"),
    HISTORY_EVENTS("history.events", "100000", "Most events of history"),
    HISTORY_BYTES("history.bytes", "64MiB", "Most bytes of history"),
    HISTORY_AGE("history.age", "1d", "Oldest event of history"),
    HISTORY_TOPICS("history.topics", "", "Bounds of single topics, as in: prices/* latest; chat/* age=7d events=1000"),
    STREAMS_STREAM_BYTES("streams.stream-bytes", "64MiB", "Longest stream of /streams, answer or task"),
    STREAMS_TOTAL_BYTES("streams.total-bytes", "256MiB", "Most bytes of all streams, where they are kept in memory"),
    WINDOW_BYTES("window.bytes", "32MiB", "Newest history kept encoded in memory"),
    WINDOW_AGE("window.age", "10m", "Oldest event of that"),
    MAX_BATCH_BYTES("max-batch-bytes", "64KiB", "Most bytes of one write to a subscriber"),
    MAX_EVENT_BYTES("max-event-bytes", "1MiB", "Most bytes of one event's data"),
    RECONNECTS_PER_SECOND("reconnects-per-second", "0", "New streams per second, others come later; 0 is any number"),
    DRAIN("drain", "2s", "Time over which streams are closed at shutdown"),
    LIMIT_CONNECTIONS("limits.connections", "auto", "Most sockets; auto is what the limit of open files allows"),
    LIMIT_PER_ADDRESS("limits.connections-per-address", "0", "Most streams of one address; 0 is any number"),
    LIMIT_PER_USER("limits.connections-per-user", "0", "Most streams of one user; 0 is any number"),
    LIMIT_PUBLISHES("limits.publishes-per-second", "0", "Most publishes per second; 0 is any number"),
    LIMIT_BODY("limits.body-bytes", "1114112", "Most bytes of a publish's body, or of a batch's line"),
    LIMIT_HEAD("limits.head-bytes", "16KiB", "Most bytes of a request line, and of the headers"),
    LIMIT_TOPICS("limits.topics", "100", "Most topics of one stream"),
    LIMIT_STREAMS("limits.streams-per-connection", "1000", "Most streams of one connection of HTTP/2 or HTTP/3"),
    LIMIT_DEAD_PEER(
            "limits.dead-peer", "15s", "Silence after which a peer that does not answer probes is gone; 0s is never"),
    LIMIT_HEAD_TIMEOUT("limits.head-timeout", "10s", "Longest time for a request's head"),
    LIMIT_BODY_TIMEOUT("limits.body-timeout", "30s", "Longest pause in a request's body"),
    LIMIT_IDLE_TIMEOUT("limits.idle-timeout", "60s", "Longest time between two requests of a connection");

    private final String key;
    private final String defaultValue;
    private final String sentence;

    Setting(String key, String defaultValue, String sentence) {
        this.key = key;
        this.defaultValue = defaultValue;
        this.sentence = sentence;
    }

    String key() {
        return key;
    }

    String flag() {
        return "--" + key.replace('.', '-');
    }

    String variable() {
        return "TIDEWIRE_" + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    String defaultValue() {
        return defaultValue;
    }

    /** {@return whether its flag may come more than once} */
    boolean isList() {
        return this == UPSTREAM;
    }

    /** {@return whether it is on or off, so that its flag needs no value} */
    boolean isSwitch() {
        return defaultValue.equals("true") || defaultValue.equals("false");
    }

    /** {@return whether its value is not to be shown} */
    boolean isSecret() {
        return key.endsWith("secret") || key.endsWith("password");
    }

    String sentence() {
        return sentence;
    }

    static Optional<Setting> ofKey(String key) {
        return Arrays.stream(values()).filter(s -> s.key.equals(key)).findFirst();
    }

    static Optional<Setting> ofVariable(String variable) {
        return Arrays.stream(values())
                .filter(s -> s.variable().equals(variable))
                .findFirst();
    }

    static List<String> keys() {
        return Arrays.stream(values()).map(Setting::key).toList();
    }

    static List<String> variables() {
        return Arrays.stream(values()).map(Setting::variable).toList();
    }
}
