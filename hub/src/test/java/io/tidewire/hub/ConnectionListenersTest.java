package io.tidewire.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidewire.log.Retention;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several listeners as one, and what they are told of changed topics. */
class ConnectionListenersTest {
    private final List<String> told = new ArrayList<>();
    private final ConnectionListener listener = new ConnectionListener() {
        @Override
        public void connected(ConnectionInfo connection) {
            told.add("+" + connection.selectors());
        }

        @Override
        public void topicsChanged(ConnectionInfo connection) {
            told.add("~" + connection.selectors());
        }

        @Override
        public void disconnected(ConnectionInfo connection, CloseReason reason) {
            told.add("-" + connection.selectors());
        }
    };
    private final ConnectionListener failing = new ConnectionListener() {
        @Override
        public void connected(ConnectionInfo connection) {
            throw new IllegalStateException("a listener that fails, on purpose");
        }
    };

    @Test
    void allAreToldWhateverOneOfThemThrows() {
        ConnectionListener all = ConnectionListener.all(List.of(listener, failing, listener, failing));
        ConnectionInfo one = new ConnectionInfo("1", null, List.of("a"), "here", Instant.EPOCH, true);
        assertThatThrownBy(() -> all.connected(one))
                .hasMessage("a listener that fails, on purpose")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        all.topicsChanged(one);
        all.disconnected(one, CloseReason.KICKED);
        assertThat(told).containsExactly("+[a]", "+[a]", "~[a]", "~[a]", "-[a]", "-[a]");
    }

    @Test
    void onlyOtherTopicsAreToldToBeChanged() {
        TestHub hub = new TestHub(HubConfig.defaults(), Retention.defaults(), listener, 1);
        TestHub.Client client = hub.open("a");
        String id = hub.hub.connections().get(0).id();
        hub.hub.changeTopics(id, List.of(TopicSelector.parse("b")), List.of());
        hub.loop.run();
        hub.hub.renew(id, List.of(TopicSelector.parse("*")), new TokenLease("t", null));
        hub.hub.changeTopics(id, List.of(), List.of(TopicSelector.parse("never there")));
        hub.loop.run();
        hub.hub.disconnect(id, CloseReason.KICKED);
        hub.loop.run();
        assertThat(client.reader().data()).isEmpty();
        assertThat(told).containsExactly("+[a]", "~[a, b]", "-[a, b]");
    }
}
