package dev.longtake.bench.simulator.faults;

import java.util.Set;

/**
 * Decides where a fault strikes: by its name and by a key (a segment's attempt and its delivery, a message of a topic, a film), from
 * the seed. Whether one fault strikes does not depend on any other, so that a run with fewer faults is a smaller run of the same kind.
 */
public final class Faults {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private final long seed;
    private final Set<Fault> enabled;
    private final long[] counts = new long[Fault.values().length];
    private boolean over;

    public Faults(long seed, Set<Fault> enabled) {
        this.seed = seed;
        this.enabled = Set.copyOf(enabled);
    }

    public boolean isOn(Fault fault) {
        return !over && enabled.contains(fault);
    }

    /** Whether the fault strikes here, once in {@code oneIn} places; if so, it is counted. */
    public boolean strikes(Fault fault, String key, int oneIn) {
        boolean struck = isOn(fault) && Long.remainderUnsigned(hash(fault, key, 0), oneIn) == 0;
        if (struck) {
            count(fault);
        }
        return struck;
    }

    /** A number from 1 to {@code most} that goes with a fault: how long, how late, which. */
    public int amount(Fault fault, String key, int most) {
        return 1 + (int) Long.remainderUnsigned(hash(fault, key, 1), most);
    }

    /** A fault that has a time of its own had an effect. */
    public void count(Fault fault) {
        counts[fault.ordinal()]++;
    }

    /** From now on nothing goes wrong: what is promised to end must end. */
    public void end() {
        over = true;
    }

    public long counted(Fault fault) {
        return counts[fault.ordinal()];
    }

    private long hash(Fault fault, String key, int salt) {
        long h = mix(seed + GOLDEN * (fault.ordinal() * 2L + salt + 1));
        for (int i = 0; i < key.length(); i++) {
            h = (h ^ key.charAt(i)) * 0x100000001b3L;
        }
        return mix(h);
    }

    /** The finalizer of SplitMix64 (Steele, Lea, Flood 2014). */
    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
