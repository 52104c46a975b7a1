package dev.longtake.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForeignPageTest {
    private final ForeignPage here = new ForeignPage(true, "127.0.0.1");
    private final ForeignPage everywhere = new ForeignPage(false, "0.0.0.0");

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        // A program, or the address line of a browser.
        "POST, 127.0.0.1, 8080, -, -, false",
        "POST, localhost, 8080, none, -, false",
        "GET, [::1], 8080, -, -, false",
        // A page of the farm itself.
        "POST, 127.0.0.1, 8080, same-origin, http://127.0.0.1:8080, false",
        "POST, localhost, 8080, -, http://localhost:8080, false",
        // Pages of others. What they read they are not shown by the browser.
        "POST, 127.0.0.1, 8080, cross-site, https://evil.example, true",
        "POST, 127.0.0.1, 8080, same-site, http://127.0.0.1:3000, true",
        "POST, 127.0.0.1, 8080, -, https://evil.example, true",
        "DELETE, 127.0.0.1, 8080, -, null, true",
        "GET, 127.0.0.1, 8080, cross-site, -, false",
        // A host name that was made to lead here.
        "GET, evil.example, 8080, same-origin, -, true",
        "POST, evil.example, 8080, same-origin, http://evil.example:8080, true",
        "GET, 127.0.0.1.evil.example, 8080, -, -, true",
        "GET, 10.0.0.5, 8080, -, -, true",
        "GET, '', -1, -, -, true"})
    void onThisMachineOnlyItsOwnPagesAndProgramsAreServed(String method, String host, int port, String site, String origin, boolean foreign) {
        assertThat(here.sent(method, host, port, Optional.ofNullable(site), Optional.ofNullable(origin))).isEqualTo(foreign);
    }

    @Test
    void whereEverybodyIsLetInAnyNameWillDoAndForeignPagesStillMayNotChangeAnything() {
        assertThat(everywhere.sent("POST", "farm.example", 80, Optional.empty(), Optional.empty())).isFalse();
        assertThat(everywhere.sent("POST", "farm.example", -1, Optional.empty(), Optional.of("https://farm.example"))).isFalse();
        assertThat(everywhere.sent("POST", "farm.example", 80, Optional.of("cross-site"), Optional.of("https://evil.example"))).isTrue();
    }

    @Test
    void theNameThatItListensAtIsItsOwn() {
        assertThat(new ForeignPage(true, "Farm.local").sent("GET", "farm.local", 8080, Optional.empty(), Optional.empty())).isFalse();
    }
}
