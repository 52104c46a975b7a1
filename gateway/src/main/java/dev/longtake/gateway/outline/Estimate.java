package dev.longtake.gateway.outline;

import dev.longtake.contract.FilmState;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.PlannedSegment;
import dev.longtake.gateway.films.FilmView;
import java.util.List;
import java.util.Optional;

/**
 * How long a film may take if nothing else is to be rendered.
 *
 * @param seconds until it is rendered
 * @param each    seconds that a segment took in the films this is drawn from, whatever their steps
 * @param films   how many those are
 * @param slots   segments that workers take at the same time now
 */
public record Estimate(double seconds, double each, int films, int slots) {
    /**
     * A chain is rendered one segment after the other, and chains side by side as far as there are slots.
     *
     * @param known newest films, of any model
     * @param slots free or not; 1 if no worker is there
     */
    static Optional<Estimate> of(FilmPlan plan, List<FilmState> known, int slots) {
        double seconds = 0;
        long rendered = 0;
        int films = 0;
        for (FilmState film : known) {
            int own = film.accepted() - film.reused();
            if (film.bundle().equals(plan.settings().bundle()) && film.state().equals(FilmView.FINISHED) && own > 0) {
                seconds += film.seconds().generating();
                rendered += own;
                films++;
            }
        }
        if (films == 0) {
            return Optional.empty();
        }
        double each = seconds / rendered;
        int sideBySide = Math.max(1, slots);
        long inTurn = Math.max(longestChain(plan), (plan.segments().size() + sideBySide - 1) / sideBySide);
        return Optional.of(new Estimate(inTurn * each, each, films, sideBySide));
    }

    private static int longestChain(FilmPlan plan) {
        int longest = 0;
        int length = 0;
        for (PlannedSegment segment : plan.segments()) {
            length = segment.startsChain() ? 1 : length + 1;
            longest = Math.max(longest, length);
        }
        return longest;
    }
}
