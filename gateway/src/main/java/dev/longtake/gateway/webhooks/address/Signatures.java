package dev.longtake.gateway.webhooks.address;

import dev.longtake.contract.webhook.WebhookEndpoint.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** How receivers know that a notification is this farm's: Standard Webhooks 1.0, symmetric. */
public final class Signatures {
    private static final String PREFIX = "whsec_";
    private static final int KEY_BYTES = 32;
    private static final String HMAC = "HmacSHA256";

    private Signatures() {}

    /** A new secret, {@code whsec_} and 32 bytes in base64. */
    public static String secret(SecureRandom random) {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        return PREFIX + Base64.getEncoder().encodeToString(key);
    }

    /**
     * The header {@code webhook-signature}: a signature by each secret that is good at this time, the newest first, with spaces between.
     *
     * @param id the header {@code webhook-id}
     * @param at becomes the header {@code webhook-timestamp}, in whole seconds
     */
    public static String header(List<Secret> secrets, String id, Instant at, String body) {
        String signed = id + "." + at.getEpochSecond() + "." + body;
        return secrets.stream().filter(s -> s.until().isEmpty() || s.until().get().isAfter(at)).map(s -> "v1," + sign(s.value(), signed)).collect(Collectors.joining(" "));
    }

    private static String sign(String secret, String text) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret.substring(PREFIX.length())), HMAC));
            return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + HMAC, e);
        }
    }
}
