package dev.longtake.gateway.http;

import java.nio.charset.StandardCharsets;

/**
 * {@code Content-Disposition} (RFC 6266) with a name from a title, which anybody may have written: whatever could end the header, or the quoted string in it,
 * is percent-encoded in one form (RFC 8187) and replaced in the other.
 */
public final class Disposition {
    /** RFC 8187, attr-char, besides letters and digits. */
    private static final String PLAIN = "!#$&+-.^_`|~";
    private static final String EXTENSION = ".mp4";
    private static final int LONGEST = 100;

    private Disposition() {}

    /** @param type {@code inline} or {@code attachment}. @param name without extension; {@code fallback} if blank */
    public static String of(String type, String name, String fallback) {
        String shown = name.isBlank() ? fallback : name;
        return type + "; filename=\"" + ascii(shown) + EXTENSION + "\"; filename*=UTF-8''" + encoded(shown) + EXTENSION;
    }

    private static String ascii(String name) {
        String clean = name.replaceAll("[^A-Za-z0-9 ._-]", "_").replaceAll("_{2,}", "_").strip();
        String cut = clean.length() > LONGEST ? clean.substring(0, LONGEST) : clean;
        // A name that begins with a dot would be hidden.
        return cut.replaceAll("^\\.+", "_");
    }

    private static String encoded(String name) {
        StringBuilder out = new StringBuilder();
        for (byte b : name.replaceAll("[\\p{Cc}\\u2028\\u2029/\\\\]", "_").getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || PLAIN.indexOf(c) >= 0;
            out.append(plain ? Character.toString(c) : "%%%02X".formatted((int) c));
        }
        return out.toString();
    }
}
