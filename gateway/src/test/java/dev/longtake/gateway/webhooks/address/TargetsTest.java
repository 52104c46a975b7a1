package dev.longtake.gateway.webhooks.address;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.film.story.Problem;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetsTest {
    @ParameterizedTest
    @ValueSource(strings = {"https://example.com/hook", "http://example.com", "https://example.com:8443/a/b?c=d", "HTTPS://EXAMPLE.com/", "http://8.8.8.8/x", "http://[2606:4700::1111]:81/", "https://a-b.example.co.uk./",
            "https://xn--bcher-kva.example/"})
    void whatEverybodyCanReachIsTaken(String url) {
        assertThat(Targets.DEFAULT.problem("url", url)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1/", "http://2130706433/", "http://0177.0.0.1/", "http://0x7f.0.0.1/", "http://0x7f000001/", "http://127.1/", "http://017700000001/", "http://127.0.0.1./", "http://[::1]/",
            "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[fe80::1%25eth0]/", "http://[fd00::1]/", "http://[64:ff9b::127.0.0.1]/", "http://256.1.1.1/", "http://1.2.3/", "http://localhost/", "http://LOCALHOST:80/",
            "http://a.localhost/", "http://localhost./", "http://169.254.169.254/latest/meta-data/", "http://user@example.com/", "http://user:secret@example.com/", "http://example.com:80@127.0.0.1/", "http://@example.com/",
            "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "javascript:alert(1)", "//example.com/", "example.com/hook", "http:///hook", "http://", "", "http://exa mple.com/", "http://example.com/#part",
            "http://example.com:0/", "http://example.com:65536/", "http://ex_ample.com/", "http://b\u00fccher.example/", "http://-a.example/", "http://a..b/", "http://example.com/\nHost: x", "http://\uff11\uff12\uff17.0.0.1/",
            "http://[::1", "http://example.com\\@127.0.0.1/"})
    void everythingElseIsRefusedWithTheFieldAndTheFix(String url) {
        Problem problem = Targets.DEFAULT.problem("url", url).orElseThrow(() -> new AssertionError(url + " is taken"));
        assertThat(problem.field()).isEqualTo("url");
        assertThat(problem.message()).isNotBlank();
        assertThat(problem.fix()).isNotBlank();
        assertThat(problem.toString()).as("what was in it stays out of messages").doesNotContain("secret@");
    }

    @Test
    void tooLongIsRefused() {
        assertThat(Targets.DEFAULT.problem("url", "https://example.com/" + "a".repeat(2_100))).isPresent();
    }

    @Test
    void loopbackIsTakenWhereThatIsConfiguredButItsOddFormsAreNot() {
        Targets all = new Targets(new AddressRules(true), Set.of());
        assertThat(all.problem("url", "http://127.0.0.1:8080/hook")).isEmpty();
        assertThat(all.problem("url", "http://[::1]:8080/hook")).isEmpty();
        assertThat(all.problem("url", "http://localhost:8080/hook")).isEmpty();
        assertThat(all.problem("url", "http://2130706433/")).isPresent();
        assertThat(all.problem("url", "http://0.0.0.0/")).isPresent();
    }

    @Test
    void onlyConfiguredPortsAreTaken() {
        Targets some = new Targets(new AddressRules(false), Set.of(443, 8443));
        assertThat(some.problem("url", "https://example.com/")).isEmpty();
        assertThat(some.problem("url", "https://example.com:8443/")).isEmpty();
        assertThat(some.problem("url", "http://example.com/").orElseThrow().fix()).isEqualTo("use one of 443, 8443");
    }
}
