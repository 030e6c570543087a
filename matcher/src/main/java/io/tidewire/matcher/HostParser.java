package io.tidewire.matcher;

import java.net.IDN;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads hosts and ports (WHATWG URL Standard, section 3.5). */
final class HostParser {

    private static final AsciiSet FORBIDDEN_HOST = AsciiSet.of("\0\t\n\r #/:<>?@[\\]^|");
    private static final AsciiSet FORBIDDEN_DOMAIN =
            FORBIDDEN_HOST.or(AsciiSet.range(0, 0x1F)).or(AsciiSet.of("%\u007F"));

    /** Longest label that DNS knows; a longer one that needs Punycode is refused before the quadratic work starts. */
    private static final int MAX_IDN_LABEL = 63;

    private static final int MAX_PORT = 65_535;

    private HostParser() {}

    /** {@return the host, or null if it is none} */
    static @Nullable String parse(String text, boolean special) {
        if (text.startsWith("[")) {
            String address = text.endsWith("]") ? Ipv6Address.canonical(text.substring(1, text.length() - 1)) : null;
            return address == null ? null : "[" + address + "]";
        }
        if (!special) {
            return containsAny(text, FORBIDDEN_HOST) ? null : EncodeSet.C0_CONTROL.encode(text);
        }
        String domain = toAscii(EncodeSet.decode(text));
        if (domain == null || domain.isEmpty() || containsAny(domain, FORBIDDEN_DOMAIN)) {
            return null;
        }
        return endsInNumber(domain) ? ipv4(domain) : domain;
    }

    /** {@return where the colon before the port stands, or -1; colons in brackets do not count} */
    static int portColon(String text) {
        boolean inside = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '[') {
                inside = true;
            } else if (c == ']') {
                inside = false;
            } else if (c == ':' && !inside) {
                return i;
            }
        }
        return -1;
    }

    /** {@return the port that the digits say, or -1 if they are no port} */
    static int portNumber(String digits) {
        int number = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (!AsciiSet.DIGITS.contains(c)) {
                return -1;
            }
            number = Math.min(number * 10 + (c - '0'), MAX_PORT + 1);
        }
        return number > MAX_PORT ? -1 : number;
    }

    private static boolean containsAny(String text, AsciiSet set) {
        return text.chars().anyMatch(set::contains);
    }

    private static @Nullable String toAscii(String domain) {
        if (domain.chars().allMatch(c -> c < 0x80)) {
            return domain.toLowerCase(Locale.ROOT);
        }
        StringBuilder out = new StringBuilder();
        int start = 0;
        for (int i = 0; i <= domain.length(); i++) {
            if (i < domain.length() && !isDot(domain.charAt(i))) {
                continue;
            }
            String label = labelToAscii(domain.substring(start, i));
            if (label == null) {
                return null;
            }
            out.append((out.isEmpty() && start == 0) ? "" : ".").append(label);
            start = i + 1;
        }
        return out.toString();
    }

    /** The full stop and what IDNA takes for one. */
    private static boolean isDot(char c) {
        return c == '.' || c == '\u3002' || c == '\uFF0E' || c == '\uFF61';
    }

    private static @Nullable String labelToAscii(String label) {
        if (label.chars().allMatch(c -> c < 0x80)) {
            return label.toLowerCase(Locale.ROOT);
        }
        if (label.length() > MAX_IDN_LABEL) {
            return null;
        }
        try {
            return IDN.toASCII(label, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return null; // a label of ignorable characters alone runs java.net.IDN out of bounds
        }
    }

    private static boolean endsInNumber(String domain) {
        String rest = domain.endsWith(".") ? domain.substring(0, domain.length() - 1) : domain;
        String last = rest.substring(rest.lastIndexOf('.') + 1);
        return !last.isEmpty() && (last.chars().allMatch(AsciiSet.DIGITS::contains) || ipv4Number(last) >= 0);
    }

    private static @Nullable String ipv4(String domain) {
        String[] parts = (domain.endsWith(".") ? domain.substring(0, domain.length() - 1) : domain).split("\\.", -1);
        if (parts.length > 4) {
            return null;
        }
        long address = 0;
        for (int i = 0; i < parts.length; i++) {
            long number = ipv4Number(parts[i]);
            boolean last = i == parts.length - 1;
            long limit = last ? 1L << (8 * (5 - parts.length)) : 256;
            if (number < 0 || number >= limit) {
                return null;
            }
            address += last ? number : number << (8 * (3 - i));
        }
        return (address >> 24) + "." + ((address >> 16) & 255) + "." + ((address >> 8) & 255) + "." + (address & 255);
    }

    /** {@return the decimal, octal or hexadecimal number, no more than 2^32, or -1 if it is none} */
    private static long ipv4Number(String part) {
        if (part.isEmpty()) {
            return -1;
        }
        int radix = 10;
        int at = 0;
        if (part.startsWith("0x") || part.startsWith("0X")) {
            radix = 16;
            at = 2;
        } else if (part.length() > 1 && part.startsWith("0")) {
            radix = 8;
            at = 1;
        }
        long number = 0;
        for (; at < part.length(); at++) {
            int digit = part.charAt(at) < 0x80 ? Character.digit(part.charAt(at), radix) : -1;
            if (digit < 0) {
                return -1;
            }
            number = Math.min(number * radix + digit, 1L << 32);
        }
        return number;
    }
}
