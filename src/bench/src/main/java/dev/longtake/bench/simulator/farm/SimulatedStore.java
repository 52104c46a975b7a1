package dev.longtake.bench.simulator.farm;

import dev.longtake.bench.simulator.faults.Fault;
import dev.longtake.bench.simulator.faults.Faults;
import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.ObjectKeys;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The object store: puts where there is none, overwrites only where told to, and fails for a while. It remembers who wrote what when. */
public class SimulatedStore {
    /** The store does not answer. */
    public static final class AwayException extends Exception {
        private static final long serialVersionUID = 1L;

        AwayException(String what) {
            super("the store does not answer: " + what, null, false, false);
        }
    }

    /** An object and its past. @param written when it was first written. @param order which write of all it was. @param writes how often */
    public record Stored(Thing thing, long written, long order, int writes) {}

    private final Agenda agenda;
    private final Faults faults;
    private final TreeMap<String, Stored> objects = new TreeMap<>();
    private final Map<Fault, Long> awayUntil = new HashMap<>();
    private final Set<String> cleared = new HashSet<>();
    private long writes;

    public SimulatedStore(Agenda agenda, Faults faults) {
        this.agenda = agenda;
        this.faults = faults;
    }

    void fail(Fault how, long millis) {
        awayUntil.merge(how, agenda.now() + millis, Math::max);
    }

    private void require(Fault how) throws AwayException {
        if (isAway(how)) {
            faults.count(how);
            throw new AwayException(how.label());
        }
    }

    boolean isAway(Fault how) {
        return agenda.now() < awayUntil.getOrDefault(how, 0L);
    }

    /** @return what is there now: this thing, or what somebody put there before */
    protected Thing putIfAbsent(String key, Thing thing) throws AwayException {
        require(Fault.STORE_PUT_FAILS);
        Stored there = objects.get(key);
        if (there == null) {
            write(key, thing);
            return thing;
        }
        return there.thing();
    }

    protected void put(String key, Thing thing) throws AwayException {
        require(Fault.STORE_PUT_FAILS);
        write(key, thing);
    }

    protected final void write(String key, Thing thing) {
        Stored there = objects.get(key);
        writes++;
        objects.put(key, there == null ? new Stored(thing, agenda.now(), writes, 1) : new Stored(thing, there.written(), there.order(), there.writes() + 1));
    }

    <T extends Thing> Optional<T> get(String key, Class<T> type) throws AwayException {
        require(Fault.STORE_GET_FAILS);
        return Optional.ofNullable(objects.get(key)).map(s -> type.cast(s.thing()));
    }

    /** How many objects lie under a prefix. */
    int list(String prefix) throws AwayException {
        require(Fault.STORE_LIST_FAILS);
        return (int) objects.tailMap(prefix, true).keySet().stream().takeWhile(k -> k.startsWith(prefix)).count();
    }

    /** A clip goes bad on the disk. */
    void damage(String tenant, AttemptRef attempt) {
        String key = ObjectKeys.clip(tenant, attempt);
        Stored there = objects.get(key);
        if (there != null && there.thing() instanceof Thing.Clip c && !c.damaged()) {
            faults.count(Fault.CLIP_DAMAGED);
            objects.put(key, new Stored(new Thing.Clip(c.attempt(), c.of(), -c.encoded(), c.frames(), true), there.written(), there.order(), there.writes()));
        }
    }

    /** Removes everything under a prefix. @return how many objects there were */
    int removeAll(String prefix) throws AwayException {
        require(Fault.STORE_PUT_FAILS);
        List<String> keys = objects.tailMap(prefix, true).keySet().stream().takeWhile(k -> k.startsWith(prefix)).toList();
        keys.forEach(objects::remove);
        cleared.add(prefix);
        return keys.size();
    }

    /** For audits: whether what lay under a prefix was removed, ever. */
    public boolean wasRemoved(String prefix) {
        return cleared.contains(prefix);
    }

    /** Loses an object. */
    protected final void remove(String key) {
        objects.remove(key);
    }

    /** For audits: what is there, whether or not the store answers. */
    public Optional<Stored> look(String key) {
        return Optional.ofNullable(objects.get(key));
    }

    /** Everything that is there. */
    public Map<String, Stored> all() {
        return Collections.unmodifiableMap(objects);
    }

    /** How many writes there were so far: a place in the order of all writes. */
    public long writes() {
        return writes;
    }
}
