package dev.longtake.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longtake.contract.AccessKey;
import dev.longtake.gateway.HandClock;
import dev.longtake.gateway.access.Authenticator.AwayException;
import dev.longtake.gateway.access.Authenticator.RefusedException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AuthenticatorTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private final HandClock clock = new HandClock(NOW);
    private final KeyTable keys = new KeyTable();
    private final Secret master = Secret.draw();
    private final Authenticator door = new Authenticator(new AccessPolicy(Settings.of("bootstrap-key-sha256", master.sha256())), keys, Optional.empty(), clock);

    @BeforeEach
    void read() {
        keys.complete();
    }

    private AccessKey key(Secret secret, String... scopes) {
        AccessKey key = new AccessKey(1, secret.id(), "studio", "n", List.of(scopes), secret.sha256(), "bootstrap", NOW, NOW.plusSeconds(60), Optional.empty());
        keys.put(key.id(), key);
        return key;
    }

    private Identity show(String text) throws Exception {
        return door.identify(List.of("Bearer " + text));
    }

    private String refusal(List<String> headers) {
        try {
            return "let in: " + door.identify(headers);
        } catch (RefusedException | AwayException e) {
            return e.getMessage();
        }
    }

    @Test
    void aKeyIsItsTenantAndItsScopesUntilItExpires() throws Exception {
        Secret secret = Secret.draw();
        key(secret, "films:read", "one that is newer than this gateway");
        Identity who = show(secret.text());
        assertThat(who).isEqualTo(new Identity("studio", "key:" + secret.id(), Set.of(Scope.FILMS_READ), NOW.plusSeconds(60), Optional.of(secret.id())));
        assertThat(door.identify(List.of("bearer  " + secret.text()))).isEqualTo(who);
        assertThat(door.isStillGood(who)).isTrue();
        clock.now = NOW.plusSeconds(60);
        assertThat(refusal(List.of("Bearer " + secret.text()))).isEqualTo("The key expired at 2026-01-02T03:05:05Z.");
        assertThat(door.isStillGood(who)).isFalse();
    }

    @Test
    void twoKeysHoldAtOnceAndOneCanGo() throws Exception {
        Secret old = Secret.draw();
        Secret fresh = Secret.draw();
        AccessKey oldKey = key(old, "films:read");
        key(fresh, "films:read");
        Identity who = show(old.text());
        assertThat(show(fresh.text()).tenant()).isEqualTo(who.tenant());
        keys.put(old.id(), oldKey.revokedAt(NOW));
        assertThat(refusal(List.of("Bearer " + old.text()))).startsWith("The key was revoked");
        assertThat(door.isStillGood(who)).isFalse();
        show(fresh.text());
        keys.put(old.id(), oldKey);
        assertThat(refusal(List.of("Bearer " + old.text()))).as("its making is heard after its end").startsWith("The key was revoked");
    }

    @Test
    void whoeverIsNotKnownIsRefusedAndWhatHeShowedIsNotRepeated() {
        Secret known = Secret.draw();
        key(known, "films:read");
        Secret other = Secret.draw();
        String mixed = "lt_" + known.id() + other.text().substring(15);
        assertThat(refusal(List.of("Bearer " + mixed))).as("a known id and a wrong secret").isEqualTo(refusal(List.of("Bearer " + other.text()))).isEqualTo("There is no such key.");
        for (String shown : List.of("lt_", "lt_x", known.text() + "x", known.text().substring(0, 40), "LT" + known.text().substring(2), "a.b.c", "")) {
            assertThat(refusal(List.of("Bearer " + shown))).doesNotContain("let in").satisfies(r -> assertThat(shown.isEmpty() || shown.equals("lt_") || !r.contains(shown)).isTrue());
        }
        assertThat(refusal(List.of())).contains("Authorization: Bearer");
        assertThat(refusal(List.of("Basic " + known.text()))).contains("Authorization: Bearer");
        assertThat(refusal(List.of("Bearer " + known.text(), "Bearer " + known.text()))).contains("one Authorization");
        assertThat(known.toString()).doesNotContain(known.text().substring(16));
    }

    @Test
    void theBootstrapKeyDoesEverythingEvenBeforeKeysAreRead() throws Exception {
        Authenticator early = new Authenticator(new AccessPolicy(Settings.of("bootstrap-key-sha256", master.sha256() + "," + "0".repeat(64))), new KeyTable(), Optional.empty(), clock);
        assertThat(early.identify(List.of("Bearer " + master.text())).may(Scope.OPERATOR)).isTrue();
        assertThatThrownBy(() -> early.identify(List.of("Bearer " + Secret.draw().text()))).as("nobody knows yet").isInstanceOf(AwayException.class);
    }

    @Test
    void whereNobodyIsAskedAnythingIsIgnored() throws Exception {
        Authenticator open = new Authenticator(new AccessPolicy(Settings.of()), new KeyTable(), Optional.empty(), clock);
        for (List<String> headers : List.of(List.<String>of(), List.of("Bearer sk-anything"), List.of("Basic x", "Bearer y"))) {
            assertThat(open.identify(headers)).isSameAs(Identity.ANYBODY);
        }
    }

    @Test
    void scopesHoldWhatTheyHold() {
        assertThat(Scope.FILMS_WRITE.grants(Scope.FILMS_READ)).isFalse();
        assertThat(Scope.FILMS_READ.grants(Scope.FILMS_WRITE)).isFalse();
        assertThat(Scope.ADMIN.grants(Scope.FILMS_WRITE)).isTrue();
        assertThat(Scope.ADMIN.grants(Scope.OPERATOR)).isFalse();
        assertThat(Set.of(Scope.values())).allMatch(Scope.OPERATOR::grants);
    }
}
