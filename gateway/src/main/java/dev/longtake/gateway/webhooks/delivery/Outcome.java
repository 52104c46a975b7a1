package dev.longtake.gateway.webhooks.delivery;

import java.util.Optional;

/**
 * What came of one try.
 *
 * @param status   of the answer; absent if there was none
 * @param failure  why there was none, or why it cannot count
 * @param response the beginning of the answer's body
 * @param millis   how long it took
 */
public record Outcome(Optional<Integer> status, Optional<String> failure, String response, long millis) {
    private static final int GONE = 410;

    public static Outcome answered(int status, String response, long millis) {
        return new Outcome(Optional.of(status), status / 100 == 3 ? Optional.of("answered " + status + "; redirects are not followed") : Optional.empty(), response, millis);
    }

    public static Outcome failed(String why, long millis) {
        return new Outcome(Optional.empty(), Optional.of(why), "", millis);
    }

    boolean accepted() {
        return status.filter(s -> s / 100 == 2).isPresent();
    }

    /** Whether the receiver wants to be told nothing more. */
    boolean gone() {
        return status.filter(s -> s == GONE).isPresent();
    }

    String text() {
        return failure.orElseGet(() -> "answered " + status.orElseThrow());
    }
}
