package dev.longtake.gateway.films;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.WorkerHeartbeat;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A worker as HTTP shows it.
 *
 * @param id      of its process: one that starts again is another worker
 * @param state   {@code ready}, {@code resting} (told to take nothing for a while) or {@code draining} (leaves when it is done)
 * @param resting until when, and why
 * @param running what it has in hand, as far as whoever looks may know of it
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record WorkerView(String id, String pool, List<String> lanes, int slots, String bundle, String device, String state, Optional<Resting> resting, List<InHand> running) {
    /** @param until by the gateway's clock */
    public record Resting(Instant until, String reason) {}

    /** A segment in work. @param step sampling steps done */
    public record InHand(String film, int segment, int step, int steps) {}

    /** @param at when the heartbeat arrived. @param shown films that may be shown */
    static WorkerView of(WorkerHeartbeat beat, Instant at, Predicate<FilmRef> shown) {
        Optional<Resting> rests = beat.resting().map(r -> new Resting(at.plusMillis((long) (r.seconds() * 1e3)), r.reason()));
        String state = beat.state() == WorkerHeartbeat.State.READY && rests.isPresent() ? "resting" : beat.state().name().toLowerCase(Locale.ROOT);
        return new WorkerView(beat.worker(), beat.pool(), beat.lanes().stream().map(l -> l.name().toLowerCase(Locale.ROOT)).toList(), beat.slots(), beat.bundle(), beat.device(), state, rests,
                beat.running().stream().filter(r -> shown.test(r.film())).map(r -> new InHand(r.film().film(), r.index(), r.step(), r.steps())).toList());
    }
}
