package dev.longtake.gateway.webhooks.address;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.webhook.WebhookEndpoint.Secret;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SignaturesTest {
    /** From the specification of Standard Webhooks. */
    private static final Secret KNOWN = new Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", Optional.empty());
    private static final Instant AT = Instant.ofEpochSecond(1614265330);

    @Test
    void aSignatureIsThatOfTheSpecification() {
        assertThat(Signatures.header(List.of(KNOWN), "msg_p5jXN8AQM9LWM0D4loKWxJek", AT, "{\"test\": 2432232314}")).isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void duringARotationBothSecretsSignAndAfterItTheNewOne() {
        String fresh = Signatures.secret(new SecureRandom());
        List<Secret> secrets = List.of(new Secret(fresh, Optional.empty()), new Secret(KNOWN.value(), Optional.of(AT.plusSeconds(60))));
        String both = Signatures.header(secrets, "m", AT, "{}");
        String old = Signatures.header(List.of(KNOWN), "m", AT, "{}");
        String now = Signatures.header(List.of(secrets.get(0)), "m", AT, "{}");
        assertThat(both.split(" ")).containsExactly(now, old);
        assertThat(Signatures.header(secrets, "m", AT.plusSeconds(60), "{}")).doesNotContain(" ").isNotEqualTo(now).isEqualTo(Signatures.header(List.of(secrets.get(0)), "m", AT.plusSeconds(60), "{}"));
    }

    @Test
    void aSecretIsAKeyOf32BytesAndNeverTheSameTwice() {
        String secret = Signatures.secret(new SecureRandom());
        assertThat(secret).startsWith("whsec_").isNotEqualTo(Signatures.secret(new SecureRandom()));
        assertThat(Base64.getDecoder().decode(secret.substring(6))).hasSize(32);
    }
}
