package dev.longtake.contract;

import java.time.Instant;
import java.util.List;

/**
 * A worker is alive, what it can do and what it does.
 *
 * @param slots   jobs it holds at most at once
 * @param running what it holds now
 * @param lanes   the lanes it serves
 * @param state   {@code READY}, {@code DRAINING} (takes nothing new) or {@code GONE} (its last word)
 */
public record WorkerHeartbeat(int version, String worker, String pool, List<Lane> lanes, int slots, String bundle, String device, State state,
                              List<Running> running, Instant at) implements Message {
    public enum State {
        READY,
        DRAINING,
        GONE
    }

    /** One job in hand. @param step sampling steps done @param steps of how many */
    public record Running(FilmRef film, int index, AttemptRef attempt, String dispatch, int step, int steps) {}
}
