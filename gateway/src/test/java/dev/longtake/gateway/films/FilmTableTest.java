package dev.longtake.gateway.films;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
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

    @Test
    void earlierRevisionsAreKeptBesideTheNewestAndGoWithIt() {
        FilmTable table = new FilmTable();
        FilmState first = FilmsTest.state("f1", "finished", 3, Instant.EPOCH);
        table.take(first.film().revisionKey(), first);
        FilmState second = new FilmState(1, new dev.longtake.contract.FilmRef("default", "f1", 2), first.title(), first.model(), first.bundle(), first.lane(), "rendering", first.reason(), 1, 4, 24, 8,
                128, 128, 0, 0, 0, 0, first.seconds(), 4, Instant.EPOCH, Instant.EPOCH, java.util.Optional.empty(), java.util.Optional.empty(), java.util.Optional.empty());
        table.take(second.film().filmKey(), second);
        assertThat(table.find("default", "f1")).contains(second);
        assertThat(table.revisions("default", "f1")).containsExactly(second, first);
        table.take(first.film().revisionKey(), null);
        assertThat(table.revisions("default", "f1")).containsExactly(second);
        table.take(first.film().revisionKey(), first);
        table.take(second.film().filmKey(), null);
        assertThat(table.revisions("default", "f1")).isEmpty();
        table.take("nonsense", null);
    }

    /** Nothing is left behind of what was added and taken away: the sum is kept, and must be what summing anew would give. */
    @Test
    void whatATenantWaitsForIsTheSumOfItsFilms() {
        long seed = Long.getLong("longtake.seed", System.nanoTime());
        System.out.println("longtake.seed=" + seed);
        Random random = new Random(seed);
        Map<String, FilmState> films = new HashMap<>();
        for (int i = 1; i <= 5_000; i++) {
            String id = "f" + random.nextInt(40);
            String state = List.of("queued", "rendering", "finished", "failed", "cancelled", "deleted", "").get(random.nextInt(7));
            if (state.isEmpty()) {
                table.remove("default/" + id);
                films.remove(id);
            } else {
                FilmState drawn = waiting(id, state, i, random);
                table.put(drawn);
                films.put(id, drawn);
            }
            assertThat(table.load("default", Optional.empty())).as("seed %d, step %d", seed, i).isEqualTo(sum(films, ""));
            for (FilmTable.Queued queued : table.queue("default"::equals)) {
                List<FilmState> open = films.values().stream().filter(f -> List.of("queued", "rendering").contains(f.state()) && f.lane().name().toLowerCase(Locale.ROOT).equals(queued.lane())).toList();
                assertThat(queued.films()).as("seed %d, step %d", seed, i).isEqualTo(open.size());
                assertThat(queued.segments()).as("seed %d, step %d", seed, i).isEqualTo(open.stream().mapToLong(f -> f.segments() - f.accepted()).sum());
            }
            String except = "f" + random.nextInt(40);
            assertThat(table.load("default", Optional.of(except))).as("seed %d, step %d", seed, i).isEqualTo(sum(films, except));
        }
    }

    private static FilmState waiting(String id, String state, int sequence, Random random) {
        int segments = 1 + random.nextInt(9);
        return new FilmState(1, new FilmRef("default", id, 1), "A title", "phenaki", "cafe", Lane.values()[random.nextInt(Lane.values().length)], state, Optional.empty(), 1, segments, 8 * random.nextInt(1_000), 8, 128, 128,
                random.nextInt(segments + 1), 0, 0, 0, FilmState.Seconds.NONE, sequence, T0, T0, Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static FilmTable.Load sum(Map<String, FilmState> films, String except) {
        long count = 0;
        long micros = 0;
        for (FilmState film : films.values()) {
            if (List.of("queued", "rendering").contains(film.state()) && !film.film().film().equals(except)) {
                count++;
                micros += Math.round(1e6 * film.frames() / film.fps() * (1 - (double) film.accepted() / film.segments()));
            }
        }
        return new FilmTable.Load(count, micros / 1e6);
    }
}
