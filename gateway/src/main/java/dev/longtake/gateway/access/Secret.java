package dev.longtake.gateway.access;

import dev.longtake.contract.Digests;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a caller shows: {@code lt_<id>_<256 random bits>}. At rest there is its SHA-256 alone. A slow digest would defend secrets that people
 * make up and others can guess; nobody guesses 256 bits, and a slow one would cost every request.
 */
public final class Secret {
    /** What every secret begins with. */
    public static final String PREFIX = "lt_";
    private static final Pattern FORM = Pattern.compile("lt_([0-9a-f]{12})_[A-Za-z0-9_-]{43}");
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int ID_BYTES = 6;
    private static final int SECRET_BYTES = 32;

    private final String id;
    private final String text;

    private Secret(String id, String text) {
        this.id = id;
        this.text = text;
    }

    public static Secret draw() {
        byte[] id = new byte[ID_BYTES];
        byte[] secret = new byte[SECRET_BYTES];
        RANDOM.nextBytes(id);
        RANDOM.nextBytes(secret);
        String name = HexFormat.of().formatHex(id);
        return new Secret(name, PREFIX + name + "_" + Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
    }

    /** @return empty if the text has not the form of a secret */
    public static Optional<Secret> of(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches() ? Optional.of(new Secret(matcher.group(1), text)) : Optional.empty();
    }

    /** Public: it names the key. */
    public String id() {
        return id;
    }

    /** To be shown once, to whoever asked for it. */
    public String text() {
        return text;
    }

    /** Lower-case hex. */
    public String sha256() {
        return Digests.sha256(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Takes as long for every digest of the same length. */
    public boolean has(String sha256) {
        return MessageDigest.isEqual(sha256().getBytes(StandardCharsets.US_ASCII), sha256.getBytes(StandardCharsets.US_ASCII));
    }

    /** Not the secret: whatever is logged or put into a message is not worth stealing. */
    @Override
    public String toString() {
        return PREFIX + id + "_…";
    }
}
