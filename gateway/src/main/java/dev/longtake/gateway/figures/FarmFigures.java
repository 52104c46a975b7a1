package dev.longtake.gateway.figures;

import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmEvent.SegmentChanged;
import dev.longtake.contract.FilmRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What was rendered in the last hour, and how long segments waited for a worker, counted from the events as they come: a gateway knows
 * what happened since it began to listen. Memory is bounded by the newest {@value #MOST_WAITS} waits of a tenant that rendered anything in the hour.
 */
public final class FarmFigures {
    static final int MINUTES = 60;
    private static final Duration HOUR = Duration.ofMinutes(MINUTES);
    private static final int MOST_READY = 100_000;
    private static final int MOST_WAITS = 2_000;
    private static final String READY = "ready";
    private static final String DISPATCHED = "dispatched";
    private static final String ACCEPTED = "accepted";
    private static final String CLIPPED = "clipped";

    private final Instant since;
    private final Map<String, Tenant> tenants = new HashMap<>();
    private final Map<Place, Instant> ready = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, Instant> eldest) {
            return size() > MOST_READY;
        }
    };

    private record Place(FilmRef film, int segment) {}

    private record Wait(Instant at, double seconds) {}

    private static final class Tenant {
        private final Map<Long, Integer> rendered = new HashMap<>();
        private final Deque<Wait> waits = new ArrayDeque<>();

        private void forget(Instant before) {
            rendered.keySet().removeIf(minute -> minute < minute(before));
            while (!waits.isEmpty() && (waits.size() > MOST_WAITS || waits.peekFirst().at().isBefore(before))) {
                waits.removeFirst();
            }
        }
    }

    /** How long segments waited from when they could be rendered until a worker was asked to, in seconds. */
    public record Latency(int segments, double p50, double p95) {}

    /** @param since when counting began, within the hour. @param minutes segments rendered in each minute of the last hour, oldest first. @param latency absent if none was handed out */
    public record Figures(Instant since, List<Integer> minutes, Optional<Latency> latency) {}

    /** @param since when events began to be heard */
    public FarmFigures(Instant since) {
        this.since = since;
    }

    private static long minute(Instant at) {
        return Math.floorDiv(at.getEpochSecond(), 60);
    }

    /** An event was heard. */
    public synchronized void on(FilmEvent event) {
        if (!(event instanceof SegmentChanged segment)) {
            return;
        }
        Place place = new Place(segment.film(), segment.index());
        Instant was = ready.remove(place);
        if (segment.to().equals(READY)) {
            ready.put(place, segment.at());
        } else if (segment.to().equals(DISPATCHED) && was != null) {
            Tenant tenant = tenant(segment);
            tenant.waits.addLast(new Wait(segment.at(), Math.max(0, Duration.between(was, segment.at()).toNanos() / 1e9)));
            tenant.forget(segment.at().minus(HOUR));
        } else if (segment.to().equals(ACCEPTED) && !segment.from().equals(CLIPPED) && !segment.reused()) {
            Tenant tenant = tenant(segment);
            tenant.rendered.merge(minute(segment.at()), 1, Integer::sum);
            tenant.forget(segment.at().minus(HOUR));
        }
    }

    private Tenant tenant(SegmentChanged segment) {
        return tenants.computeIfAbsent(segment.film().tenant(), t -> new Tenant());
    }

    /** @param shown the tenants that are counted */
    public synchronized Figures of(Predicate<String> shown, Instant now) {
        Instant first = now.minus(HOUR);
        tenants.values().forEach(t -> t.forget(first));
        tenants.values().removeIf(t -> t.rendered.isEmpty() && t.waits.isEmpty());
        int[] minutes = new int[MINUTES];
        List<Double> waits = new ArrayList<>();
        tenants.forEach((name, tenant) -> {
            if (shown.test(name)) {
                tenant.rendered.forEach((minute, n) -> {
                    long at = minute - minute(now) + MINUTES - 1;
                    if (at >= 0 && at < MINUTES) {
                        minutes[(int) at] += n;
                    }
                });
                tenant.waits.forEach(w -> waits.add(w.seconds()));
            }
        });
        return new Figures(since.isBefore(first) ? first : since, Arrays.stream(minutes).boxed().toList(), latency(waits));
    }

    private static Optional<Latency> latency(List<Double> waits) {
        if (waits.isEmpty()) {
            return Optional.empty();
        }
        waits.sort(null);
        return Optional.of(new Latency(waits.size(), waits.get((waits.size() - 1) / 2), waits.get((int) Math.ceil(waits.size() * 0.95) - 1)));
    }
}
