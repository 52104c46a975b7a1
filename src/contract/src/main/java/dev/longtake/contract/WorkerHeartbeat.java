package dev.longtake.contract;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A worker is alive, what it can do and what it does.
 *
 * @param slots   jobs it holds at most at once
 * @param running what it holds now
 * @param lanes   the lanes it serves
 * @param state   {@code READY}, {@code DRAINING} (takes nothing new) or {@code GONE} (its last word)
 * @param resting that it was told to take nothing new for a while; not written if it was not
 */
public record WorkerHeartbeat(int version, String worker, String pool, List<Lane> lanes, int slots, String bundle, String device, State state,
                              List<Running> running, Instant at,
                              @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Resting> resting) implements Message {
    /** Of a worker that does not rest. */
    public WorkerHeartbeat(int version, String worker, String pool, List<Lane> lanes, int slots, String bundle, String device, State state, List<Running> running, Instant at) {
        this(version, worker, pool, lanes, slots, bundle, device, state, running, at, Optional.empty());
    }

    public enum State {
        READY,
        DRAINING,
        GONE
    }

    /** @param seconds how much longer; a length and no time, since clocks differ. @param reason what it was told */
    public record Resting(double seconds, String reason) {}

    /** One job in hand. @param step sampling steps done @param steps of how many */
    public record Running(FilmRef film, int index, AttemptRef attempt, String dispatch, int step, int steps) {}
}
