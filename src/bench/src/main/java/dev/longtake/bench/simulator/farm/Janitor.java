package dev.longtake.bench.simulator.farm;

import dev.longtake.bench.simulator.farm.SimulatedStore.AwayException;
import dev.longtake.bench.simulator.faults.Fault;
import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.ExpiryJob;
import dev.longtake.contract.ExpiryReport;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Message;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.film.state.RevisionState;
import dev.longtake.scheduler.stage.film.FilmStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Removes what the film stage says nobody needs, as {@code dev.longtake.scheduler.janitor} does: waits, asks, removes; and tells it what
 * has lain in the store for long. It may end at any moment, and with it all that waits.
 */
public final class Janitor {
    /** Longer than a replaced scheduler goes on deciding: twenty seconds, and five more until what it said is seen, or ten that a standby lags. */
    static final int GRACE = 60_000;
    static final int SWEEP = 60_000;
    /** Older than any message takes that was sent when a thing was written, and than what a standby may lag. */
    public static final int AGE = 120_000;

    private final Farm farm;
    private final boolean sweeps;
    private final Set<String> waiting = new HashSet<>();
    private final List<String> heldAndRemoved = new ArrayList<>();
    private final List<Removed> removed = new ArrayList<>();
    private int process;

    /** What lay under a prefix is gone. @param writes writes to the store there had been */
    public record Removed(String prefix, long writes) {}

    Janitor(Farm farm, boolean sweeps) {
        this.farm = farm;
        this.sweeps = sweeps;
    }

    void begin() {
        if (sweeps) {
            farm.agenda().background(SWEEP, this::sweep);
        }
        for (int i = 0; i < 2; i++) {
            if (farm.faults().isOn(Fault.JANITOR_CRASH) && farm.faults().amount(Fault.JANITOR_CRASH, i + "whether", 4) == 1) {
                farm.agenda().in(farm.faults().amount(Fault.JANITOR_CRASH, i + "when", Farm.TROUBLED), this::crash);
            }
        }
    }

    public boolean sweeps() {
        return sweeps;
    }

    private void crash() {
        farm.faults().count(Fault.JANITOR_CRASH);
        farm.trace(() -> "the janitor dies, and forgets " + waiting.size() + " jobs");
        process++;
        waiting.clear();
    }

    void hear(ExpiryJob job) {
        int born = process;
        if (!job.confirmed()) {
            if (waiting.add(job.id())) {
                farm.agenda().in(farm.tampering().grace(GRACE), () -> {
                    if (born == process) {
                        waiting.remove(job.id());
                        farm.expiry(new ExpiryReport.Waited(Message.VERSION, job.tenant(), job.id(), farm.instant()));
                    }
                });
            }
            return;
        }
        List<String> prefixes = new ArrayList<>();
        job.revisions().forEach(r -> prefixes.add(ObjectKeys.revision(r)));
        job.attempts().forEach(a -> prefixes.add(ObjectKeys.attempt(job.tenant(), a)));
        remove(born, job, prefixes, 0);
    }

    private void remove(int born, ExpiryJob job, List<String> prefixes, int next) {
        if (born != process) {
            return;
        }
        if (next == prefixes.size()) {
            if (films().keeping().sweep(job.tenant()).equals(Optional.of(job.id()))) {
                farm.faults().count(Fault.LATE_OBJECTS_SWEPT);
            }
            farm.stir();
            farm.expiry(new ExpiryReport.Removed(Message.VERSION, job.tenant(), job.id(), farm.instant()));
            return;
        }
        look(job, next);
        try {
            int there = farm.tampering().removes() ? farm.store().removeAll(prefixes.get(next)) : 0;
            farm.trace(() -> "the janitor removes " + there + " objects of " + prefixes.get(next));
        } catch (AwayException e) {
            return;
        }
        removed.add(new Removed(prefixes.get(next), farm.store().writes()));
        farm.agenda().in(farm.upTo(20), () -> remove(born, job, prefixes, next + 1));
    }

    /** Nothing that the scheduler holds at this very moment may go. */
    private void look(ExpiryJob job, int next) {
        if (next < job.revisions().size()) {
            FilmRef revision = job.revisions().get(next);
            boolean shown = films().film(revision).filter(f -> f.ref().equals(revision) && f.state() != RevisionState.DELETED).isPresent();
            if (shown || films().keeping().ended(revision).filter(e -> e.leaving().isEmpty()).isPresent()) {
                heldAndRemoved.add(revision.toString());
            }
        } else {
            AttemptRef attempt = job.attempts().get(next - job.revisions().size());
            if (films().stored(job.tenant(), attempt).isPresent()) {
                heldAndRemoved.add(attempt.toString());
            }
        }
    }

    private FilmStore films() {
        return new FilmStore(farm.films().state());
    }

    /** What was removed although the scheduler held it. */
    public List<String> heldAndRemoved() {
        return heldAndRemoved;
    }

    /** Everything that was removed. */
    public List<Removed> removed() {
        return removed;
    }

    private void sweep() {
        farm.agenda().background(SWEEP, this::sweep);
        Map<String, Set<FilmRef>> revisions = new TreeMap<>();
        Map<String, Set<AttemptRef>> attempts = new TreeMap<>();
        farm.store().all().forEach((key, stored) -> {
            if (farm.now() - stored.written() >= AGE) {
                String[] part = key.split("/");
                if (part[2].equals("films")) {
                    revisions.computeIfAbsent(part[1], t -> new HashSet<>()).add(new FilmRef(part[1], part[3], Integer.parseInt(part[4].substring(1))));
                } else {
                    attempts.computeIfAbsent(part[1], t -> new HashSet<>()).add(new AttemptRef(part[3], part[4]));
                }
            }
        });
        Set<String> tenants = new HashSet<>(revisions.keySet());
        tenants.addAll(attempts.keySet());
        tenants.stream().sorted().forEach(tenant -> farm.expiry(new ExpiryReport.Found(Message.VERSION, tenant, sorted(revisions.getOrDefault(tenant, Set.of())),
                sorted(attempts.getOrDefault(tenant, Set.of())), farm.instant())));
    }

    private static <T> List<T> sorted(Set<T> some) {
        return some.stream().sorted(Comparator.comparing(Object::toString)).toList();
    }
}
