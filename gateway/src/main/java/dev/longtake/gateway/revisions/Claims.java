package dev.longtake.gateway.revisions;

import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Lane;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What this gateway knows of revisions before the scheduler speaks of them: those it began itself, and numbers that somebody else seems to have taken.
 * Can be forgotten at any time: then a revision that follows at once is refused, and comes through when it is sent again.
 */
final class Claims {
    private static final int KEPT = 10_000;

    private final Clock clock;
    private final Duration patience;
    private final Map<String, Begun> begun = bounded();
    private final Map<FilmRef, Instant> seen = bounded();

    /** A revision whose command is in the queue. */
    record Begun(FilmRef film, String planKey, Lane lane) {}

    Claims(Clock clock, Duration patience) {
        this.clock = clock;
        this.patience = patience;
    }

    private static <K, V> Map<K, V> bounded() {
        return new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > KEPT;
            }
        };
    }

    synchronized void began(Begun revision) {
        begun.put(revision.film().filmKey(), revision);
        seen.remove(revision.film());
    }

    /** The newest revision begun here, if it is above one. */
    synchronized Optional<Begun> above(FilmRef known) {
        return Optional.ofNullable(begun.get(known.filmKey())).filter(b -> b.film().revision() > known.revision());
    }

    /** Whether whoever put this plan has had time enough to say that it is wanted. The first look begins the wait. */
    synchronized boolean isAbandoned(FilmRef claimed) {
        Instant now = clock.instant();
        return !seen.computeIfAbsent(claimed, c -> now).plus(patience).isAfter(now);
    }
}
