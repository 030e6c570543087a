package io.tidewire.matcher;

import java.util.List;
import java.util.Random;

/** Texts that are nearly what a parser wants. */
final class RandomText {

    private static final List<String> URL_PIECES = List.of(
            "http",
            "https",
            "ws",
            "file",
            "urn",
            "foo",
            ":",
            ":",
            "/",
            "//",
            "/",
            "\\",
            ".",
            "..",
            "%2e",
            "%2F",
            "%",
            "@",
            "h",
            "example.com",
            "[::1]",
            "1.2.3.4",
            "0x",
            "xn--a",
            "é",
            "。",
            "\u00AD",
            "?",
            "#",
            " ",
            "\t",
            "\n",
            "a",
            "C|",
            "C:",
            "80",
            "443",
            "^",
            "|",
            "'",
            "\"",
            "<",
            "{",
            "}",
            "\uD800",
            "\uD83D\uDE00",
            "\u0000",
            "&",
            "=",
            "~",
            "[",
            "]");

    private static final List<String> PATTERN_PIECES = List.of(
            "http",
            "https",
            "{s}?",
            "://",
            ":",
            "/",
            "*",
            "?",
            "+",
            "(",
            ")",
            "{",
            "}",
            "\\",
            "[",
            "]",
            "(.*)",
            "([a-z]+)",
            "(a|b)",
            "(?:",
            "(\\d{2,4})",
            "([^/]+?)",
            "([\\w--a])",
            ":id",
            ":name",
            "a",
            "b",
            ".",
            "..",
            "#",
            "?",
            "@",
            "-",
            "é",
            "%2e",
            "|",
            "^",
            "$",
            ",",
            "x:3",
            "&",
            ";",
            "=",
            "!",
            "(?=a)",
            "(\\1)",
            "{+x}",
            "{?q*}",
            "{id}",
            "{/a,b:4}");

    private RandomText() {}

    static String url(Random random) {
        return of(URL_PIECES, random, 12);
    }

    static String pattern(Random random) {
        return of(PATTERN_PIECES, random, 12);
    }

    /** Any UTF-16 at all. */
    static String noise(Random random) {
        StringBuilder out = new StringBuilder();
        for (int i = random.nextInt(20); i > 0; i--) {
            out.append((char) (random.nextBoolean() ? random.nextInt(128) : random.nextInt(65536)));
        }
        return out.toString();
    }

    static String over(String alphabet, int max, Random random) {
        StringBuilder out = new StringBuilder();
        for (int i = random.nextInt(max + 1); i > 0; i--) {
            out.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return out.toString();
    }

    private static String of(List<String> pieces, Random random, int max) {
        StringBuilder out = new StringBuilder();
        for (int i = random.nextInt(max); i >= 0; i--) {
            out.append(pieces.get(random.nextInt(pieces.size())));
        }
        return out.toString();
    }
}
