package dev.longtake.gateway.webhooks.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Which addresses may be connected to on somebody else's behalf. Whoever names a URL must not reach through the farm what only the farm can reach:
 * itself, its neighbours, the metadata service of its cloud.
 *
 * @param privateToo whether private, loopback and link-local ones may be, too; multicast, broadcast and unspecified ones never may
 */
public record AddressRules(boolean privateToo) {
    private static final int V4 = 4;
    private static final int BYTE_MASK = 0xff;

    /** A block of addresses. */
    private record Block(byte[] prefix, int bits) {
        static Block of(String text) {
            String[] parts = text.split("/");
            try {
                // A literal: nothing is looked up.
                return new Block(InetAddress.getByName(parts[0]).getAddress(), Integer.parseInt(parts[1]));
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException(text, e);
            }
        }

        boolean has(byte[] address) {
            if (address.length != prefix.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit += Byte.SIZE) {
                int mask = bits - bit >= Byte.SIZE ? BYTE_MASK : BYTE_MASK << Byte.SIZE - (bits - bit) & BYTE_MASK;
                if ((address[bit / Byte.SIZE] & mask) != (prefix[bit / Byte.SIZE] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }

    private static List<Block> blocks(String... texts) {
        return Arrays.stream(texts).map(Block::of).toList();
    }

    /** To nobody in particular: never. */
    private static final List<Block> NOBODY = blocks("0.0.0.0/8", "224.0.0.0/4", "255.255.255.255/32", "::/128", "ff00::/8");

    /** IANA's special-purpose IPv4 addresses that are not reachable for everybody. */
    private static final List<Block> SPECIAL_V4 = blocks("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4");

    /** What IANA has given out of IPv6 for everybody; everything else is special, and so are some blocks of it. */
    private static final List<Block> GLOBAL_V6 = blocks("2000::/3");
    private static final List<Block> SPECIAL_V6 = blocks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

    /** IPv6 addresses that are IPv4 ones, by where those begin: mapped, compatible, translated (RFC 6052). Written out, because Java would turn a mapped literal into an IPv4 one. */
    private static final List<byte[]> EMBEDDING = List.of(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1}, new byte[12], new byte[] {0, 0x64, -1, -0x65, 0, 0, 0, 0, 0, 0, 0, 0});

    /** Whether a connection may be made to it. */
    public boolean allow(InetAddress address) {
        return allow(address.getAddress());
    }

    /** @param address 4 or 16 bytes */
    boolean allow(byte[] address) {
        if (NOBODY.stream().anyMatch(b -> b.has(address))) {
            return false;
        }
        if (address.length == V4) {
            return privateToo || SPECIAL_V4.stream().noneMatch(b -> b.has(address));
        }
        for (byte[] prefix : EMBEDDING) {
            byte[] inner = Arrays.copyOfRange(address, prefix.length, address.length);
            if (Arrays.equals(prefix, Arrays.copyOf(address, prefix.length)) && !isLoopback(address)) {
                return allow(inner);
            }
        }
        return privateToo || GLOBAL_V6.stream().anyMatch(b -> b.has(address)) && SPECIAL_V6.stream().noneMatch(b -> b.has(address));
    }

    /** {@code ::1}, which looks like the compatible form of 0.0.0.1. */
    private static boolean isLoopback(byte[] address) {
        byte[] loopback = new byte[address.length];
        loopback[loopback.length - 1] = 1;
        return Arrays.equals(address, loopback);
    }
}
