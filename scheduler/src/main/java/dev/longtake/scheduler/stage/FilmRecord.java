package dev.longtake.scheduler.stage;

import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import dev.longtake.film.state.RevisionState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the film stage keeps of a film: one small record, however long the film is.
 *
 * @param heads      the segment each open chain is at: waiting, ready or dispatched
 * @param nextChain  the first chain not yet begun
 * @param outages    failures from outside in a row
 * @param assemblies tries at joining it
 * @param assembly   id of the newest try; empty if none
 */
public record FilmRecord(FilmRef ref, String planKey, String planDigest, String title, Lane lane, String pool, RevisionState state, Optional<String> reason,
                         String model, String bundle, int scenes, int segments, int frames, double fps, int width, int height, int accepted, int clipped,
                         int reused, int rendering, FilmState.Seconds seconds, List<Integer> heads, int nextChain, int outages, int assemblies,
                         Optional<String> assembly, long sequence, Instant submitted, Instant updated, Optional<Instant> finished, Optional<String> filmKey) {

    FilmState summary() {
        return new FilmState(1, ref, title, model, bundle, lane, state.label(), reason, scenes, segments, frames, fps, width, height, accepted, clipped, reused,
                rendering, seconds, sequence, submitted, updated, finished, filmKey);
    }
}
