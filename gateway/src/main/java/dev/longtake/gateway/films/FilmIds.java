package dev.longtake.gateway.films;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/** Names of films: the first 96 bits of SHA-256 over the tenant and an idempotency key or a random value, in hex. */
public final class FilmIds {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{24}");
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES = 12;

    private FilmIds() {}

    /** The same key of the same tenant gives the same id, so that a request sent again finds its film, at whichever replica. */
    public static String of(String tenant, Optional<String> idempotencyKey) {
        byte[] drawn = new byte[16];
        RANDOM.nextBytes(drawn);
        String value = idempotencyKey.map(k -> "key\0" + k).orElseGet(() -> "random\0" + HexFormat.of().formatHex(drawn));
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest((tenant + "\0" + value).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sum, 0, BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Whether a text can be a film's id: anything else never becomes part of an object key. */
    public static boolean isId(String text) {
        return FORM.matcher(text).matches();
    }
}
