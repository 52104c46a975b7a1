package dev.longtake.gateway.revisions;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.ObjectKeys;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A revision as lists show it.
 *
 * @param created when it was asked for
 * @param plan    object key of its plan
 * @param content where its film is, once that is finished
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record RevisionView(int revision, String state, Optional<String> reason, String title, String lane, Instant created, Instant updated, Optional<Instant> finished, int scenes,
                           int segments, int frames, int accepted, int clipped, int reused, String plan, String self, Optional<String> content) {

    /** Revisions, newest first. @param next to be given as {@code after} for the next page; absent on the last */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Page(List<RevisionView> revisions, Optional<String> next) {}

    static RevisionView of(FilmState s) {
        String film = "/v1/films/" + s.film().film();
        int n = s.film().revision();
        return new RevisionView(n, s.state(), s.reason(), s.title(), s.lane().name().toLowerCase(Locale.ROOT), s.submitted(), s.updated(), s.finished(), s.scenes(), s.segments(), s.frames(),
                s.accepted(), s.clipped(), s.reused(), planKey(s), film + "/revisions/" + n, s.filmKey().map(key -> film + "/content?revision=" + n));
    }

    static String planKey(FilmState s) {
        return s.planKey().orElseGet(() -> ObjectKeys.plan(s.film()));
    }
}
