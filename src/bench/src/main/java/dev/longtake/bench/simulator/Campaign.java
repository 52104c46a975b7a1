package dev.longtake.bench.simulator;

import dev.longtake.bench.simulator.faults.Fault;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/** Many runs, a seed each, on all processors. Which thread makes which run changes nothing. */
public final class Campaign {
    /** From so many runs on, a fault that was asked for and never struck is a fault of the simulator's. */
    public static final long ENOUGH = 500;

    private final long first;
    private final long seeds;
    private final LongFunction<Outcome> simulation;
    private final Map<Fault, Long> faults = new EnumMap<>(Fault.class);
    private final Map<String, Integer> ends = new TreeMap<>();
    private final List<Outcome> bad = new ArrayList<>();
    private long events;
    private long violations;

    /** What came of it. @param bad the runs with violations, by seed */
    public record Result(long seeds, long first, long events, Map<Fault, Long> faults, Map<String, Integer> ends, long violations, List<Outcome> bad) {
        /** Faults that were asked for and never struck, in a campaign that is long enough for each. */
        public List<Fault> missed() {
            return seeds < ENOUGH ? List.of() : faults.entrySet().stream().filter(e -> e.getValue() == 0).map(Map.Entry::getKey).toList();
        }
    }

    private Campaign(long first, long seeds, LongFunction<Outcome> simulation) {
        this.first = first;
        this.seeds = seeds;
        this.simulation = simulation;
    }

    /** @param settings of the first run; each later one has the next seed */
    public static Result run(Settings settings, long seeds) {
        return run(settings.seed(), seeds, settings.faults(), seed -> Simulation.run(settings.withSeed(seed)));
    }

    static Result run(long first, long seeds, Set<Fault> requested, LongFunction<Outcome> simulation) {
        Campaign campaign = new Campaign(first, seeds, simulation);
        requested.forEach(f -> campaign.faults.put(f, 0L));
        return campaign.go();
    }

    private Result go() {
        AtomicLong next = new AtomicLong(first);
        List<Thread> threads = new ArrayList<>();
        List<Throwable> broken = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            Thread thread = new Thread(() -> {
                for (long seed = next.getAndIncrement(); seed - first < seeds; seed = next.getAndIncrement()) {
                    add(simulation.apply(seed));
                }
            }, "simulation-" + i);
            thread.setUncaughtExceptionHandler((t, e) -> {
                synchronized (broken) {
                    broken.add(e);
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
        if (!broken.isEmpty()) {
            throw new IllegalStateException("a simulation broke: " + broken.get(0), broken.get(0));
        }
        bad.sort(Comparator.comparingLong(o -> o.settings().seed()));
        return new Result(seeds, first, events, Map.copyOf(faults), Map.copyOf(ends), violations, List.copyOf(bad));
    }

    private synchronized void add(Outcome outcome) {
        events += outcome.events();
        outcome.faults().forEach((fault, count) -> faults.merge(fault, count, Long::sum));
        outcome.ends().forEach((state, count) -> ends.merge(state, count, Integer::sum));
        violations += outcome.violations().size();
        if (!outcome.violations().isEmpty()) {
            bad.add(outcome);
        }
    }
}
