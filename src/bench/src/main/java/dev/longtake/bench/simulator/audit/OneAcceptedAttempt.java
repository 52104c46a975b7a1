package dev.longtake.bench.simulator.audit;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Lineage;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Every segment of a finished film is exactly one attempt, the one that was accepted, of the segment that was planned, and of its accepted parent. */
final class OneAcceptedAttempt implements Audit {
    private static final String NAME = "one-accepted-attempt";

    @Override
    public List<String> names() {
        return List.of(NAME);
    }

    @Override
    public void check(Evidence evidence, Consumer<Violation> found) {
        Map<FilmRef, Map<Integer, Set<AttemptRef>>> accepted = new HashMap<>();
        evidence.accepted().forEach(a -> accepted.computeIfAbsent(a.film(), f -> new HashMap<>()).computeIfAbsent(a.index(), i -> new HashSet<>()).add(a.attempt()));
        for (Evidence.Finished finished : evidence.finished()) {
            List<Lineage.Entry> entries = finished.film().map(f -> f.lineage().segments()).orElse(List.of());
            for (int i = 0; i < entries.size(); i++) {
                Lineage.Entry entry = entries.get(i);
                Set<AttemptRef> known = accepted.getOrDefault(finished.ref(), Map.of()).getOrDefault(i, Set.of());
                if (entry.index() != i || !known.equals(Set.of(entry.attempt()))) {
                    found.accept(new Violation(NAME, finished.ref() + ": segment " + i + " is " + entry.attempt() + " at " + entry.index() + ", accepted were " + known));
                }
                Optional<AttemptRef> parent = finished.plan().filter(p -> p.segments().get(entry.index()).startsChain()).isPresent() || i == 0 ? Optional.empty()
                        : Optional.of(entries.get(i - 1).attempt());
                if (finished.plan().isPresent() && (!entry.parent().equals(parent) || !finished.plan().get().segments().get(i).key().hex().equals(entry.attempt().segmentKey()))) {
                    found.accept(new Violation(NAME, finished.ref() + ": segment " + i + " follows " + entry.parent() + " and not " + parent));
                }
            }
            finished.plan().filter(p -> p.segments().size() != entries.size())
                    .ifPresent(p -> found.accept(new Violation(NAME, finished.ref() + " has " + entries.size() + " segments of " + p.segments().size())));
        }
    }
}
