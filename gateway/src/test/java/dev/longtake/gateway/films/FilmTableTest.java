package dev.longtake.gateway.films;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.FilmState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FilmTableTest {
    private static final Instant T0 = Instant.parse("2026-01-02T03:04:05Z");

    private final FilmTable table = new FilmTable();

    @Test
    void anOlderStateIsDropped() {
        table.put(FilmsTest.state("f", "assembling", 5, T0));
        table.put(FilmsTest.state("f", "rendering", 4, T0));
        assertThat(table.find("default", "f").orElseThrow().state()).isEqualTo("assembling");
        table.put(FilmsTest.state("f", "finished", 6, T0));
        assertThat(table.find("default", "f").orElseThrow().state()).isEqualTo("finished");
    }

    @Test
    void pagesHoldEveryFilmOnceNewestFirst() {
        for (int i = 0; i < 25; i++) {
            table.put(FilmsTest.state("f" + i, "queued", 1, T0.plusSeconds(i / 2)));
        }
        List<String> seen = new ArrayList<>();
        Optional<String> after = Optional.empty();
        do {
            FilmTable.Page page = table.page("default", after, 4).orElseThrow();
            page.films().stream().map(f -> f.film().film()).forEach(seen::add);
            after = page.next();
        } while (after.isPresent());
        assertThat(seen).hasSize(25).doesNotHaveDuplicates();
        List<Instant> times = seen.stream().map(id -> table.find("default", id).map(FilmState::submitted).orElseThrow()).toList();
        assertThat(times).isSortedAccordingTo(java.util.Comparator.reverseOrder());
    }

    @Test
    void tenantsSeeTheirOwn() {
        table.put(FilmsTest.state("f", "queued", 1, T0));
        assertThat(table.find("other", "f")).isEmpty();
        assertThat(table.page("other", Optional.empty(), 4).orElseThrow().films()).isEmpty();
        assertThat(table.page("default", Optional.of("gone"), 4)).isEmpty();
    }

    @Test
    void aRemovedFilmIsGoneFromLists() {
        table.put(FilmsTest.state("f", "queued", 1, T0));
        table.remove("default/f");
        table.remove("default/f");
        table.remove("nobody/f");
        assertThat(table.find("default", "f")).isEmpty();
        assertThat(table.page("default", Optional.empty(), 4).orElseThrow().films()).isEmpty();
    }

    @Test
    void aFilmSubmittedAgainMovesToItsNewPlace() {
        table.put(FilmsTest.state("f", "queued", 1, T0));
        table.put(FilmsTest.state("f", "queued", 2, T0.plusSeconds(60)));
        assertThat(table.page("default", Optional.empty(), 4).orElseThrow().films()).hasSize(1);
    }
}
