package io.tidewire.matcher;

/** Reads one escape of a regular expression, at its backslash; used once. */
final class RegexpEscape {

    private static final AsciiSet SPACE = AsciiSet.of(" \t\n\u000B\f\r");
    private static final AsciiSet WORD = AsciiSet.LETTERS.or(AsciiSet.DIGITS).or(AsciiSet.one('_'));

    private final String in;
    private final String literals;
    private int at;

    /**
     * @param literals the characters that a backslash makes plain here
     */
    RegexpEscape(String in, int at, String literals) {
        this.in = in;
        this.literals = literals;
        this.at = at + 1;
    }

    /** {@return where the text goes on} */
    int end() {
        return at;
    }

    AsciiSet read() {
        if (at == in.length()) {
            throw new BrokenRule("a character after the '\\' of the regexp");
        }
        char c = in.charAt(at++);
        return switch (c) {
            case 'd' -> AsciiSet.DIGITS;
            case 'D' -> AsciiSet.DIGITS.not();
            case 's' -> SPACE;
            case 'S' -> SPACE.not();
            case 'w' -> WORD;
            case 'W' -> WORD.not();
            case 'p' -> property();
            case 'P' -> property().not();
            default -> AsciiSet.one(character(c));
        };
    }

    private int character(char c) {
        return switch (c) {
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'v' -> 0x0B;
            case 'f' -> '\f';
            case 'r' -> '\r';
            case '0' -> {
                if (at < in.length() && AsciiSet.DIGITS.contains(in.charAt(at))) {
                    throw unknown(c);
                }
                yield 0;
            }
            case 'c' -> {
                if (at == in.length() || !AsciiSet.LETTERS.contains(in.charAt(at))) {
                    throw unknown(c);
                }
                yield in.charAt(at++) % 32;
            }
            case 'x' -> hex(2, c);
            case 'u' -> at < in.length() && in.charAt(at) == '{' ? braced(c) : hex(4, c);
            default -> {
                if (literals.indexOf(c) < 0) {
                    throw unknown(c);
                }
                yield c;
            }
        };
    }

    private int hex(int digits, char escape) {
        if (at + digits > in.length()) {
            throw unknown(escape);
        }
        int value = 0;
        for (int end = at + digits; at < end; at++) {
            if (!AsciiSet.HEX.contains(in.charAt(at))) {
                throw unknown(escape);
            }
            value = value * 16 + Character.digit(in.charAt(at), 16);
        }
        return value;
    }

    private int braced(char escape) {
        int end = in.indexOf('}', at);
        int value = 0;
        for (int i = at + 1; i < end; i++) {
            if (!AsciiSet.HEX.contains(in.charAt(i))) {
                throw unknown(escape);
            }
            value = Math.min(value * 16 + Character.digit(in.charAt(i), 16), Character.MAX_CODE_POINT + 1);
        }
        if (end < at + 2 || value > Character.MAX_CODE_POINT) {
            throw unknown(escape);
        }
        at = end + 1;
        return value;
    }

    private AsciiSet property() {
        int end = in.indexOf('}', at);
        if (end < 0 || in.charAt(at) != '{') {
            throw unknown('p');
        }
        String name = in.substring(at + 1, end);
        at = end + 1;
        String value = name.substring(name.indexOf('=') + 1);
        boolean category =
                name.length() == value.length() || name.startsWith("General_Category=") || name.startsWith("gc=");
        AsciiSet set = category ? ofProperty(value) : AsciiSet.NONE;
        if (set.equals(AsciiSet.NONE)) {
            throw new BrokenRule(
                    "a Unicode property of ASCII characters that is known here, such as \\p{L}, not \\p{" + name + "}");
        }
        return set;
    }

    private static AsciiSet ofProperty(String name) {
        return switch (name) {
            case "Any", "ASCII" -> AsciiSet.ALL;
            case "L", "Letter", "LC", "Cased_Letter", "Alphabetic", "Alpha", "ID_Start", "IDS" -> AsciiSet.LETTERS;
            case "Lu", "Uppercase_Letter", "Uppercase", "Upper" -> AsciiSet.range('A', 'Z');
            case "Ll", "Lowercase_Letter", "Lowercase", "Lower" -> AsciiSet.range('a', 'z');
            case "N", "Number", "Nd", "Decimal_Number", "digit" -> AsciiSet.DIGITS;
            case "ID_Continue", "IDC" -> WORD;
            case "ASCII_Hex_Digit", "AHex", "Hex_Digit", "Hex" -> AsciiSet.HEX;
            case "White_Space", "space" -> SPACE;
            case "P", "Punctuation", "punct" -> AsciiSet.of("!\"#%&'()*,-./:;?@[\\]_{}");
            case "S", "Symbol" -> AsciiSet.of("$+<=>^`|~");
            default -> AsciiSet.NONE;
        };
    }

    private static BrokenRule unknown(char c) {
        return (AsciiSet.range('1', '9').contains(c) || c == 'k')
                ? new BrokenRule("a regexp without back-references, which no linear-time engine has")
                : new BrokenRule("an escape of ECMAScript in the regexp, not '\\" + c + "'");
    }
}
