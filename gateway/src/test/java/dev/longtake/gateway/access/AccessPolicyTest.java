package dev.longtake.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longtake.gateway.access.AccessPolicy.UnsafeException;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccessPolicyTest {
    private static final String DIGEST = "a".repeat(64);

    private static AccessPolicy policy(String... settings) {
        return new AccessPolicy(Settings.of(settings));
    }

    @Test
    void withoutAuthenticationOnlyLoopbackIsListenedOn() {
        AccessPolicy open = policy();
        assertThat(open.isRequired()).isFalse();
        for (String host : List.of("127.0.0.1", "127.8.9.1", "localhost", "::1")) {
            open.requireSafe(host);
        }
        for (String host : List.of("0.0.0.0", "::", "10.1.2.3", "192.168.1.4", "no-such-host.invalid")) {
            assertThatThrownBy(() -> open.requireSafe(host)).isInstanceOf(UnsafeException.class).hasMessageContaining(host).hasMessageContaining("anonymous=never").hasMessageContaining("anonymous=everywhere");
        }
        assertThat(open.describe("127.0.0.1")).contains("no authentication is configured");
    }

    @Test
    void whoeverAsksForItExplicitlyIsLetInEverywhere() {
        AccessPolicy everywhere = policy("anonymous", "everywhere");
        everywhere.requireSafe("0.0.0.0");
        assertThat(everywhere.isRequired()).isFalse();
    }

    @Test
    void anyWayOfAuthenticationIsRequiredThenAndMayListenEverywhere() {
        for (AccessPolicy policy : List.of(policy("anonymous", "never"), policy("bootstrap-key-sha256", DIGEST), policy("oidc.issuer", "https://id.example", "oidc.audience", "longtake"))) {
            assertThat(policy.isRequired()).isTrue();
            policy.requireSafe("0.0.0.0");
        }
    }

    @Test
    void settingsThatContradictOneAnotherOrWouldBeUnsafeAreRefused() {
        assertThatThrownBy(() -> policy("anonymous", "everywhere", "bootstrap-key-sha256", DIGEST)).isInstanceOf(UnsafeException.class).hasMessageContaining("everywhere");
        assertThatThrownBy(() -> policy("bootstrap-key-sha256", "lt_this_is_the_key_itself")).isInstanceOf(UnsafeException.class).hasMessageContaining("bootstrap-key-sha256")
                .hasMessageNotContaining("lt_this");
        assertThatThrownBy(() -> policy("oidc.issuer", "https://id.example")).isInstanceOf(UnsafeException.class).hasMessageContaining("audience");
        assertThatThrownBy(() -> policy("oidc.issuer", "http://id.example", "oidc.audience", "a")).isInstanceOf(UnsafeException.class).hasMessageContaining("https");
        assertThatThrownBy(() -> policy("oidc.issuer", "https://id.example", "oidc.audience", "a", "oidc.jwks", "http://10.0.0.1/keys")).isInstanceOf(UnsafeException.class).hasMessageContaining("oidc.jwks");
    }

    /** Other settings of the gateway are nobody's mistake. */
    @Test
    void whatIsSaidOfOtherThingsIsNotLookedAt() {
        System.setProperty("longtake.gateway.webhooks.private-addresses", "true");
        try {
            assertThat(AccessPolicy.configured().isRequired()).isFalse();
        } finally {
            System.clearProperty("longtake.gateway.webhooks.private-addresses");
        }
    }
}
