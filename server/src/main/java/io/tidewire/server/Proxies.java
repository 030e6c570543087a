package io.tidewire.server;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Proxies whose word about the client's address is taken (S21). Immutable.
 *
 * <p>Each proxy on the way adds the address that it saw at the end of {@code Forwarded} (RFC 7239) or {@code X-Forwarded-For}: the last
 * one that is no proxy of ours is the client's; what stands before it is hearsay.
 */
final class Proxies {
    private final List<IpSubnetFilterRule> trusted;

    /**
     * Takes addresses and subnets, as in {@code 10.0.0.0/8}.
     *
     * @throws IllegalArgumentException if one is neither
     */
    Proxies(Collection<String> addresses) {
        this.trusted = addresses.stream().map(Proxies::rule).toList();
    }

    private static IpSubnetFilterRule rule(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        String prefix = slash < 0 ? "" : text.substring(slash + 1);
        boolean number = prefix.length() <= 3 && prefix.chars().allMatch(c -> c >= '0' && c <= '9');
        int bits = bytes == null ? 0 : bytes.length * 8;
        int length = number && !prefix.isEmpty() ? Integer.parseInt(prefix) : bits;
        if (bytes == null || !number || (slash >= 0 && prefix.isEmpty()) || length > bits) {
            throw new IllegalArgumentException(
                    "trusted-proxies: " + text + " (expected: an address, or a subnet as in 10.0.0.0/8)");
        }
        return new IpSubnetFilterRule(inet(bytes), length, IpFilterRuleType.ACCEPT);
    }

    private static InetAddress inet(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("address: " + bytes.length + " bytes (expected: 4 or 16)", e);
        }
    }

    private boolean isTrusted(String address) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        if (bytes == null) {
            return false;
        }
        InetSocketAddress socket = new InetSocketAddress(inet(bytes), 0);
        return trusted.stream().anyMatch(rule -> rule.matches(socket));
    }

    /** {@return the client's address: the peer's, or what trusted proxies say} */
    String client(String peer, HttpHeaders headers) {
        if (trusted.isEmpty() || !isTrusted(peer)) {
            return peer;
        }
        List<String> hops = headers.contains("Forwarded")
                ? forwarded(String.join(",", headers.getAll("Forwarded")))
                : List.of(String.join(",", headers.getAll("X-Forwarded-For")).split(","));
        for (int i = hops.size() - 1; i >= 0; i--) {
            String hop = address(hops.get(i));
            if (hop == null) {
                return peer; // obfuscated or malformed: nothing is known beyond it
            }
            if (!isTrusted(hop)) {
                return hop;
            }
        }
        return peer;
    }

    /** {@return each element's {@code for}; empty text for an element without} */
    private static List<String> forwarded(String field) {
        List<String> hops = new ArrayList<>();
        for (String element : field.split(",")) {
            String found = "";
            for (String pair : element.split(";")) {
                String trimmed = pair.strip();
                if (trimmed.toLowerCase(Locale.ROOT).startsWith("for=")) {
                    found = trimmed.substring(4).replace("\"", "");
                }
            }
            hops.add(found);
        }
        return hops;
    }

    /** {@return the address without port and brackets; null if it is none} */
    private static @Nullable String address(String hop) {
        String text = hop.strip();
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            text = end < 0 ? text : text.substring(1, end);
        } else if (text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':')) {
            text = text.substring(0, text.indexOf(':'));
        }
        return NetUtil.isValidIpV4Address(text) || NetUtil.isValidIpV6Address(text) ? text : null;
    }
}
