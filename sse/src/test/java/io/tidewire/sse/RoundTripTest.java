package io.tidewire.sse;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RoundTripTest {

    private static final String[] PIECES = {
        "\n",
        "\r",
        "\r\n",
        " ",
        ":",
        "data: x",
        "id: 1",
        "\0",
        "\t",
        "?",
        "a",
        "plain words",
        "{\"k\":1}",
        "\uFEFF",
        "\u00E9",
        "\u20AC",
        "\uD83C\uDF0A",
        "\uD83C",
        "\uDF0A",
        "\uFFFD",
        "\u2028",
        "\u0085",
        "long ".repeat(40)
    };

    private static final byte[] SOUP = "\r\n\n: dataidevntry0123456789\0\u00EF\u00BB\u00BF\u00ED\u00A0\u0080"
            .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);

    @Test
    void anyEventSurvivesEncodingAndAnyCuts() {
        Seeds.check(3_000, random -> {
            List<ServerSentEvent> events = events(random);
            var encoder = new EventEncoder();
            events.forEach(encoder::add);
            var recording = new Recording();
            var decoder = new EventDecoder(DecoderLimits.defaults(), recording);
            feedInPieces(decoder, encoder.toByteArray(), random);
            assertThat(recording.events).isEqualTo(expected(events));
            assertThat(recording.comments).isEqualTo(expectedComments(events));
        });
    }

    @Test
    void anyBytesReadAsTheStandardReadsThem() {
        Seeds.check(10_000, random -> {
            byte[] soup = soup(random);
            var plain = new PlainReading(soup);
            var recording = new Recording();
            var decoder = new EventDecoder(DecoderLimits.defaults(), recording);
            feedInPieces(decoder, soup, random);
            assertThat(recording.events).isEqualTo(plain.events);
            assertThat(decoder.lastEventId()).isEqualTo(plain.lastEventId);
        });
    }

    @Test
    void limitsStrikeAtTheSamePlaceHoweverCut() {
        Seeds.check(3_000, random -> {
            byte[] soup = soup(random);
            var limits = new DecoderLimits(1 + random.nextInt(30), 1 + random.nextInt(30));
            var whole = new Recording();
            boolean wholeFits = fits(new EventDecoder(limits, whole), soup, soup.length);
            var cut = new Recording();
            boolean cutFits = fits(new EventDecoder(limits, cut), soup, 1 + random.nextInt(9));
            assertThat(cut.events).isEqualTo(whole.events);
            assertThat(cutFits).isEqualTo(wholeFits);
        });
    }

    private static boolean fits(EventDecoder decoder, byte[] bytes, int chunk) {
        try {
            for (int i = 0; i < bytes.length; i += chunk) {
                decoder.feed(bytes, i, Math.min(chunk, bytes.length - i));
            }
            return true;
        } catch (EventTooLargeException e) {
            return false;
        }
    }

    private static void feedInPieces(EventDecoder decoder, byte[] bytes, Random random) {
        byte[] buffer = new byte[random.nextBoolean() ? 8 : 100];
        int at = 0;
        while (at < bytes.length) {
            int length = Math.min(random.nextInt(buffer.length) + 1, bytes.length - at);
            System.arraycopy(bytes, at, buffer, 0, length);
            decoder.feed(buffer, 0, length);
            Arrays.fill(buffer, (byte) '#');
            at += length;
        }
    }

    private static byte[] soup(Random random) {
        byte[] soup = new byte[random.nextInt(200)];
        for (int i = 0; i < soup.length; i++) {
            soup[i] = random.nextInt(50) == 0 ? (byte) random.nextInt() : SOUP[random.nextInt(SOUP.length)];
        }
        byte[] field = {'d', 'a', 't', 'a', ':', ' '};
        for (int i = 0; i + field.length < soup.length; i += 1 + random.nextInt(40)) {
            System.arraycopy(field, random.nextInt(2), soup, i, field.length - 1);
        }
        return soup;
    }

    private static List<ServerSentEvent> events(Random random) {
        List<ServerSentEvent> events = new ArrayList<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            events.add(new ServerSentEvent(
                    random.nextBoolean() ? null : text(random).replaceAll("[\r\n\0]", ""),
                    random.nextBoolean() ? null : text(random).replaceAll("[\r\n]", ""),
                    random.nextInt(5) == 0 ? null : text(random),
                    random.nextInt(9) == 0 ? Duration.ofMillis(random.nextInt(9)) : null,
                    // So that none is empty.
                    text(random)));
        }
        return events;
    }

    private static String text(Random random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    private static List<Recording.Seen> expected(List<ServerSentEvent> events) {
        List<Recording.Seen> expected = new ArrayList<>();
        String lastId = "";
        for (ServerSentEvent event : events) {
            lastId = event.id() == null ? lastId : received(event.id());
            String type = event.event();
            if (event.data() != null) {
                String name = type == null || type.isEmpty() ? "message" : received(type);
                expected.add(new Recording.Seen(name, received(event.data()), lastId));
            }
        }
        return expected;
    }

    private static List<String> expectedComments(List<ServerSentEvent> events) {
        List<String> expected = new ArrayList<>();
        for (ServerSentEvent event : events) {
            expected.addAll(Arrays.asList(received(event.comment()).split("\n", -1)));
        }
        return expected;
    }

    private static String received(@Nullable String sent) {
        String text = sent == null ? "" : sent;
        String paired = text.codePoints()
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return paired.replace("\r\n", "\n").replace('\r', '\n');
    }
}
