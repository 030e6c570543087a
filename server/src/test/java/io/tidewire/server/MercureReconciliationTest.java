package io.tidewire.server;

import static io.tidewire.server.MercureFixture.access;
import static io.tidewire.server.MercureFixture.bearer;
import static io.tidewire.server.MercureFixture.body;
import static io.tidewire.server.MercureFixture.encode;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidewire.log.Retention;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Draft-08, "Reconnection, State Reconciliation, and Event Sourcing". */
class MercureReconciliationTest {
    private final MercureFixture hub =
            new MercureFixture(b -> b.mercure(MercureConfig.defaults().withSubscriptions(false)));

    @AfterEach
    void stop() throws IOException {
        hub.close();
    }

    private static String head(String text) {
        return text.substring(0, text.indexOf("\r\n\r\n") + 2);
    }

    // R1, R2, R5: every spelling of the parameter
    @ParameterizedTest
    @ValueSource(strings = {"last_event_id", "lastEventID", "lastEventId", "Last-Event-ID"})
    void cursorInTheQueryResumes(String name) throws IOException {
        String id = body(hub.publish("topic=a&data=one"));
        hub.publish("topic=a&data=two");
        hub.publish("topic=b&data=not+mine");
        RawClient stream = hub.stream("match=a&" + name + "=" + encode(id));
        assertThat(hub.upToMark(stream, "a"))
                .contains("\r\nMercure-Last-Event-ID: " + id + "\r\n", "data: two\n")
                .doesNotContain("data: one", "not mine", "event:");
    }

    // R1: the header wins
    @Test
    void cursorInTheHeaderWins() throws IOException {
        String one = body(hub.publish("topic=a&data=one&id=" + encode("urn:zwölf")));
        hub.publish("topic=a&data=two");
        String three = body(hub.publish("topic=a&data=three"));
        RawClient stream = hub.stream(
                "match=a&last_event_id=" + encode(three), "Last-Event-ID: " + MercureCursor.headerText(one) + "\r\n");
        assertThat(stream.until("data: three\n\n"))
                .contains("\r\nMercure-Last-Event-ID: urn:zwölf\r\n", "data: two\n")
                .doesNotContain("data: one");
    }

    // S1: in query and body, the query's counts
    @Test
    void cursorInTheQueryWinsOverTheBodys() throws IOException {
        String one = body(hub.publish("topic=a&data=one"));
        String two = body(hub.publish("topic=a&data=two"));
        String form = "match=a&last_event_id=" + encode(one);
        RawClient stream = hub.client()
                .send("QUERY " + MercureFixture.PATH + "?last_event_id=" + encode(two)
                        + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                        + "Content-Length: " + form.length() + "\r\n\r\n" + form);
        stream.until(":\n\n");
        assertThat(hub.upToMark(stream, "a"))
                .contains("Mercure-Last-Event-ID: " + two)
                .doesNotContain("data: one", "data: two");
    }

    // A.0: the deployed version's header
    @Test
    void deployedVersionAnswersWithLastEventId() throws IOException {
        String id = body(hub.publish("topic=a&data=one"));
        assertThat(head(hub.stream("topic=a&lastEventID=" + encode(id)).until("\r\n\r\n")))
                .contains("\r\nLast-Event-ID: " + id + "\r\n")
                .doesNotContain("Mercure-Last-Event-ID");
    }

    // R2: replay asks the token of now
    @Test
    void replayIsAuthorisedByTheTokenOfNow() throws IOException {
        String first = body(hub.publish("topic=a&data=first"));
        hub.publish("topic=a&topic=b&data=secret&private=on");
        hub.publish("topic=a&data=last");
        String resume = "match=a&last_event_id=" + encode(first);
        RawClient granted = hub.stream(resume, bearer(access().subscribe("b")));
        assertThat(granted.until("data: last\n\n")).contains("data: secret\n");
        RawClient fewer = hub.stream(resume, bearer(access().subscribe("c")));
        assertThat(fewer.until("data: last\n\n")).doesNotContain("secret");
        RawClient none = hub.stream(resume);
        assertThat(none.until("data: last\n\n")).doesNotContain("secret");
    }

    // R3, R5
    @Test
    void earliestBringsAllThereIs() throws IOException {
        hub.publish("topic=a&data=one");
        hub.publish("topic=a&data=two");
        assertThat(hub.stream("match=a", "Last-Event-ID: earliest\r\n").until("data: two\n\n"))
                .contains("\r\nMercure-Last-Event-ID: earliest\r\n", "data: one\n");
    }

    // R4
    @Test
    void repeatedIdMeansItsFirstOccurrence() throws IOException {
        hub.publish("topic=a&data=one&id=urn:same");
        hub.publish("topic=a&data=two");
        hub.publish("topic=a&data=three&id=urn:same");
        hub.publish("topic=a&data=four");
        assertThat(hub.stream("match=a&last_event_id=urn:same").until("data: four\n\n"))
                .contains("Mercure-Last-Event-ID: urn:same", "data: two\n", "data: three\n")
                .doesNotContain("data: one");
    }

    // R5: not known; and nothing of it comes back, be it made to split the answer
    @ParameterizedTest
    @ValueSource(strings = {"urn:unknown", "%23abc.1", "x%0D%0ASet-Cookie:%20a=b", "%00"})
    void unknownIdIsAnsweredByEarliest(String id) throws IOException {
        hub.publish("topic=a&data=one");
        assertThat(hub.stream("match=a&last_event_id=" + id).until("data: one\n\n"))
                .contains("\r\nMercure-Last-Event-ID: earliest\r\n")
                .doesNotContain("Set-Cookie", "gap");
    }

    // R5: discarded
    @Test
    void discardedIdIsAnsweredByEarliest() throws IOException {
        try (MercureFixture brief = new MercureFixture(b -> b.retention(new Retention(2, 1 << 20, Duration.ofDays(1)))
                .mercure(MercureConfig.defaults().withSubscriptions(false)))) {
            String id = body(brief.publish("topic=a&data=one&id=urn:one"));
            brief.publish("topic=a&data=two");
            brief.publish("topic=a&data=three");
            brief.publish("topic=a&data=four");
            assertThat(brief.stream("match=a&last_event_id=" + encode(id)).until("data: four\n\n"))
                    .contains("\r\nMercure-Last-Event-ID: earliest\r\n", "data: three\n")
                    .doesNotContain("data: two");
        }
    }

    // R5: an empty cursor, with and without history
    @Test
    void emptyCursorIsAnsweredByTheNewestId() throws IOException {
        assertThat(head(hub.stream("match=a&last_event_id=").until("\r\n\r\n")))
                .contains("\r\nMercure-Last-Event-ID: earliest\r\n");
        hub.publish("topic=b&data=one&id=urn:newest");
        RawClient stream = hub.stream("match=a&last_event_id");
        assertThat(hub.upToMark(stream, "a")).contains("\r\nMercure-Last-Event-ID: urn:newest\r\n");
    }

    // R5: without a cursor there is nothing to say
    @Test
    void noCursorNoAnswer() throws IOException {
        assertThat(head(hub.stream("match=a").until("\r\n\r\n"))).doesNotContain("Last-Event-ID");
    }
}
