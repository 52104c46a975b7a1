package dev.longtake.gateway.http;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a representation (RFC 9110, section 14).
 *
 * @param first first byte
 * @param last  last byte, inclusive
 */
record ByteRange(long first, long last) {
    private static final Pattern ONE = Pattern.compile("bytes=\\s*(\\d{0,18})-(\\d{0,18})\\s*");

    long length() {
        return last - first + 1;
    }

    /** No byte of the representation lies in the range: 416. */
    static final class UnsatisfiableException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /**
     * @param header a {@code Range} header
     * @param total  bytes of the whole
     * @return empty if the whole is to be sent: several ranges, another unit and malformed ones are ignored, as the RFC allows
     */
    static Optional<ByteRange> parse(String header, long total) throws UnsatisfiableException {
        Matcher m = ONE.matcher(header);
        if (!m.matches() || m.group(1).isEmpty() && m.group(2).isEmpty()) {
            return Optional.empty();
        }
        if (m.group(1).isEmpty()) {
            long suffix = Math.min(total, Long.parseLong(m.group(2)));
            return satisfiable(total - suffix, total - 1, total);
        }
        long first = Long.parseLong(m.group(1));
        long last = m.group(2).isEmpty() ? total - 1 : Long.parseLong(m.group(2));
        if (!m.group(2).isEmpty() && last < first) {
            return Optional.empty();
        }
        return satisfiable(first, Math.min(last, total - 1), total);
    }

    private static Optional<ByteRange> satisfiable(long first, long last, long total) throws UnsatisfiableException {
        if (first >= total || last < first) {
            throw new UnsatisfiableException();
        }
        return Optional.of(new ByteRange(first, last));
    }
}
