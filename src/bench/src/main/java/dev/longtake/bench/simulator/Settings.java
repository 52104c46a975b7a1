package dev.longtake.bench.simulator;

import dev.longtake.bench.simulator.faults.Fault;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What decides a run, whole: the same settings give the same run.
 *
 * @param workers how many there are; drawn from the seed if empty
 * @param films   how many there are at first; drawn from the seed if empty
 * @param faults  what may go wrong
 */
public record Settings(long seed, OptionalInt workers, OptionalInt films, Set<Fault> faults) {
    public Settings {
        faults = Set.copyOf(faults);
    }

    public static Settings of(long seed) {
        return new Settings(seed, OptionalInt.empty(), OptionalInt.empty(), Fault.all());
    }

    public Settings withSeed(long other) {
        return new Settings(other, workers, films, faults);
    }

    public Settings withFilms(int count) {
        return new Settings(seed, workers, OptionalInt.of(count), faults);
    }

    public Settings withFaults(Set<Fault> some) {
        return new Settings(seed, workers, films, some);
    }
}
