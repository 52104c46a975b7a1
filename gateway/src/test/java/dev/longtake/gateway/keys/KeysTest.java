package dev.longtake.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longtake.contract.AccessKey;
import dev.longtake.contract.Json;
import dev.longtake.gateway.access.Identity;
import dev.longtake.gateway.access.KeyTable;
import dev.longtake.gateway.access.Scope;
import dev.longtake.gateway.access.Secret;
import dev.longtake.gateway.films.RecordingPublisher;
import dev.longtake.gateway.http.ProblemException;
import java.io.ByteArrayInputStream;
import dev.longtake.platform.queue.QueueUnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeysTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final Identity ADMIN = new Identity("studio", "key:a", Set.of(Scope.ADMIN), Instant.MAX, Optional.empty());
    private static final Identity OPERATOR = new Identity("default", "bootstrap", Set.of(Scope.OPERATOR), Instant.MAX, Optional.empty());
    private final RecordingPublisher queue = new RecordingPublisher();
    private final KeyTable table = new KeyTable();
    private final Keys keys = new Keys(table, queue, Clock.fixed(NOW, ZoneOffset.UTC), new Keys.Limits(3, Duration.ofDays(30)));

    @BeforeEach
    void read() {
        table.complete();
    }

    private static Keys.Wish wish(String tenant, Scope... scopes) {
        return new Keys.Wish(tenant, "box", List.of(scopes), NOW.plusSeconds(60));
    }

    @Test
    void theSecretIsInTheAnswerAloneAndItsDigestOnTheTopic() throws Exception {
        KeyView made = keys.create(ADMIN, wish("studio", Scope.FILMS_READ));
        Secret secret = Secret.of(made.secret().orElseThrow()).orElseThrow();
        AccessKey sent = (AccessKey) queue.sent().get(0);
        assertThat(sent.sha256()).isEqualTo(secret.sha256());
        String random = secret.text().substring(16);
        assertThat(new String(Json.write(sent), StandardCharsets.UTF_8)).doesNotContain(random);
        assertThat(made.toString() + sent + keys.list(ADMIN, Optional.empty())).doesNotContain(random).doesNotContain(sent.sha256());
        assertThat(keys.list(ADMIN, Optional.empty())).singleElement().satisfies(k -> assertThat(k.secret()).isEmpty());
    }

    @Test
    void nobodyEndsAKeyThatOpensMoreThanHisOwn() throws Exception {
        KeyView operators = keys.create(OPERATOR, wish("studio", Scope.OPERATOR));
        assertThat(keys.revoke(ADMIN, operators.id())).isEmpty();
        assertThat(table.find(operators.id()).orElseThrow().revoked()).isEmpty();
        assertThat(keys.revoke(OPERATOR, operators.id())).isPresent();
    }

    @Test
    void aKeyIsNotSaidToBeGoneBeforeTheKeysAreRead() {
        Keys early = new Keys(new KeyTable(), queue, Clock.fixed(NOW, ZoneOffset.UTC), new Keys.Limits(3, Duration.ofDays(30)));
        assertThatThrownBy(() -> early.revoke(OPERATOR, "0a1b2c3d4e5f")).isInstanceOf(QueueUnavailableException.class);
        assertThatThrownBy(() -> early.list(OPERATOR, Optional.empty())).isInstanceOf(QueueUnavailableException.class);
    }

    @Test
    void nobodyGivesWhatHeDoesNotHave() throws Exception {
        assertThatThrownBy(() -> keys.create(ADMIN, wish("studio", Scope.OPERATOR))).isInstanceOf(Keys.NotYoursException.class);
        assertThatThrownBy(() -> keys.create(ADMIN, wish("other", Scope.FILMS_READ))).isInstanceOf(Keys.NotYoursException.class);
        assertThat(queue.sent()).isEmpty();
        assertThat(keys.create(ADMIN, wish("studio", Scope.ADMIN)).tenant()).isEqualTo("studio");
        assertThat(keys.create(OPERATOR, wish("other", Scope.OPERATOR)).by()).isEqualTo("bootstrap");
    }

    @Test
    void aTenantSeesAndRevokesItsOwnAlone() throws Exception {
        KeyView own = keys.create(ADMIN, wish("studio", Scope.FILMS_READ));
        KeyView others = keys.create(OPERATOR, wish("other", Scope.FILMS_READ));
        assertThat(keys.list(ADMIN, Optional.empty())).extracting(KeyView::id).containsExactly(own.id());
        assertThat(keys.list(ADMIN, Optional.of("other"))).isEmpty();
        assertThat(keys.list(OPERATOR, Optional.of("other"))).extracting(KeyView::id).containsExactly(others.id());
        assertThat(keys.list(OPERATOR, Optional.empty())).hasSize(2);
        assertThat(keys.revoke(ADMIN, others.id())).isEmpty();
        assertThat(keys.revoke(ADMIN, "000000000000")).isEmpty();
        assertThat(keys.revoke(ADMIN, own.id()).orElseThrow().state()).isEqualTo("revoked");
        assertThat(keys.revoke(OPERATOR, others.id()).orElseThrow().revoked()).contains(NOW);
    }

    @Test
    void keysOfATenantAreBoundedAndOldOnesForgotten() throws Exception {
        for (int i = 0; i < 3; i++) {
            keys.create(ADMIN, wish("studio", Scope.FILMS_READ));
        }
        assertThatThrownBy(() -> keys.create(ADMIN, wish("studio", Scope.FILMS_READ))).isInstanceOf(Keys.TooManyException.class);
        keys.create(OPERATOR, wish("other", Scope.FILMS_READ));
        Keys later = new Keys(table, queue, Clock.fixed(NOW.plus(Duration.ofDays(31)), ZoneOffset.UTC), new Keys.Limits(3, Duration.ofDays(30)));
        later.create(ADMIN, wish("studio", Scope.FILMS_READ));
        assertThat(table.list(Optional.of("studio"))).hasSize(1);
        assertThat(queue.raw()).hasSize(3).allSatisfy(r -> assertThat(r.message()).isNull());
        assertThat(table.list(Optional.of("other"))).hasSize(1);
    }

    private static String refusal(String body) {
        try {
            return "read: " + KeyBody.read(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)), "studio", NOW, Duration.ofDays(90), Duration.ofDays(366));
        } catch (ProblemException e) {
            return e.getMessage();
        }
    }

    @Test
    void aWishIsReadOrSaysWhatIsWrong() {
        Keys.Wish read = KeyBody.read(new ByteArrayInputStream("{\"name\":\"box\",\"scopes\":[\"films:read\",\"films:read\"]}".getBytes(StandardCharsets.UTF_8)), "studio", NOW, Duration.ofDays(90),
                Duration.ofDays(366));
        assertThat(read).isEqualTo(new Keys.Wish("studio", "box", List.of(Scope.FILMS_READ), NOW.plus(Duration.ofDays(90))));
        for (String bad : List.of("", "[]", "{", "null", "{\"name\":\"box\"}", "{\"scopes\":[\"films:read\"]}", "{\"name\":\"box\",\"scopes\":[]}", "{\"name\":\"box\",\"scopes\":[\"root\"]}",
                "{\"name\":\"\\u0000\",\"scopes\":[\"admin\"]}", "{\"name\":\"box\",\"scopes\":[\"admin\"],\"tenant\":\"a/b\"}", "{\"name\":\"box\",\"scopes\":[\"admin\"],\"expires_in\":\"P400D\"}",
                "{\"name\":\"box\",\"scopes\":[\"admin\"],\"expires_in\":\"PT0S\"}", "{\"name\":\"box\",\"scopes\":[\"admin\"],\"expires\":\"never\"}", "{\"name\":\"" + "x".repeat(20_000) + "\"}")) {
            assertThat(refusal(bad)).as(bad).doesNotStartWith("read: ").isNotBlank();
        }
    }
}
