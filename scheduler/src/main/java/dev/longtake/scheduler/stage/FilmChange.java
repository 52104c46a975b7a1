package dev.longtake.scheduler.stage;

import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.state.RevisionState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A film record while one input is being decided: changed in place, then written and published once. */
final class FilmChange {
    private final FilmRecord before;
    private final Instant now;
    private final List<FilmEvent> events = new ArrayList<>();
    private FilmRecord f;
    private boolean closed;

    FilmChange(FilmRecord film, Instant now) {
        this.before = film;
        this.f = film;
        this.now = now;
    }

    FilmRecord record() {
        return f;
    }

    FilmRef ref() {
        return f.ref();
    }

    Instant now() {
        return now;
    }

    boolean closed() {
        return closed;
    }

    /** Moves as the table says. @return false if the table does not know the event for this state */
    boolean move(RevisionState.Event event, Optional<String> reason) {
        Optional<RevisionState> to = RevisionState.TABLE.next(f.state(), event);
        to.ifPresent(state -> {
            events.add(new FilmEvent.FilmChanged(1, f.ref(), f.state().label(), state.label(), reason, now));
            set(state, reason, state.isFinal() ? Optional.of(now) : Optional.empty());
        });
        return to.isPresent();
    }

    private void set(RevisionState state, Optional<String> reason, Optional<Instant> finished) {
        f = new FilmRecord(f.ref(), f.planKey(), f.planDigest(), f.title(), f.lane(), f.pool(), state, reason, f.model(), f.bundle(), f.scenes(), f.segments(), f.frames(), f.fps(),
                f.width(), f.height(), f.accepted(), f.clipped(), f.reused(), f.rendering(), f.seconds(), state.isFinal() ? List.of() : f.heads(), f.nextChain(), f.outages(),
                f.assemblies(), f.assembly(), f.sequence(), f.submitted(), f.updated(), finished, f.filmKey());
    }

    private void count(int accepted, int clipped, int reused, int rendering, FilmState.Seconds seconds) {
        f = new FilmRecord(f.ref(), f.planKey(), f.planDigest(), f.title(), f.lane(), f.pool(), f.state(), f.reason(), f.model(), f.bundle(), f.scenes(), f.segments(), f.frames(), f.fps(),
                f.width(), f.height(), accepted, clipped, reused, rendering, seconds, f.heads(), f.nextChain(), f.outages(), f.assemblies(), f.assembly(), f.sequence(), f.submitted(),
                f.updated(), f.finished(), f.filmKey());
    }

    private void chains(List<Integer> heads, int nextChain) {
        f = new FilmRecord(f.ref(), f.planKey(), f.planDigest(), f.title(), f.lane(), f.pool(), f.state(), f.reason(), f.model(), f.bundle(), f.scenes(), f.segments(), f.frames(), f.fps(),
                f.width(), f.height(), f.accepted(), f.clipped(), f.reused(), f.rendering(), f.seconds(), List.copyOf(heads), nextChain, f.outages(), f.assemblies(), f.assembly(),
                f.sequence(), f.submitted(), f.updated(), f.finished(), f.filmKey());
    }

    private void tries(int outages, int assemblies, Optional<String> assembly, long sequence, Optional<String> filmKey) {
        f = new FilmRecord(f.ref(), f.planKey(), f.planDigest(), f.title(), f.lane(), f.pool(), f.state(), f.reason(), f.model(), f.bundle(), f.scenes(), f.segments(), f.frames(), f.fps(),
                f.width(), f.height(), f.accepted(), f.clipped(), f.reused(), f.rendering(), f.seconds(), f.heads(), f.nextChain(), outages, assemblies, assembly, sequence, f.submitted(),
                sequence == f.sequence() ? f.updated() : now, f.finished(), filmKey);
    }

    void planned(FilmPlan plan) {
        var s = plan.settings();
        f = new FilmRecord(f.ref(), f.planKey(), f.planDigest(), f.title(), f.lane(), f.pool(), f.state(), f.reason(), s.model(), s.bundle(), plan.story().scenes().size(),
                plan.segments().size(), Math.toIntExact(plan.frames()), s.fps(), s.width(), s.height(), 0, 0, 0, -1, f.seconds(), List.of(), 0, 0, 0, Optional.empty(), f.sequence(),
                f.submitted(), f.updated(), f.finished(), f.filmKey());
    }

    void begun(int scene) {
        count(f.accepted(), f.clipped(), f.reused(), scene, f.seconds());
    }

    void accepted(boolean reused) {
        count(f.accepted() + 1, f.clipped(), f.reused() + (reused ? 1 : 0), f.rendering(), f.seconds());
    }

    void clipped() {
        count(f.accepted(), f.clipped() + 1, f.reused(), f.rendering(), f.seconds());
    }

    void unclipped() {
        count(f.accepted(), f.clipped() - 1, f.reused(), f.rendering(), f.seconds());
    }

    void spent(double generating, double encoding, double waiting) {
        count(f.accepted(), f.clipped(), f.reused(), f.rendering(), f.seconds().plus(generating, encoding, waiting));
    }

    void openChain(int first) {
        List<Integer> heads = new ArrayList<>(f.heads());
        heads.add(first);
        chains(heads, f.nextChain() + 1);
    }

    void head(int from, int to) {
        List<Integer> heads = new ArrayList<>(f.heads());
        heads.replaceAll(h -> h == from ? to : h);
        chains(heads, f.nextChain());
    }

    void closeChain(int last) {
        List<Integer> heads = new ArrayList<>(f.heads());
        heads.removeIf(h -> h == last);
        chains(heads, f.nextChain());
    }

    int outage() {
        tries(f.outages() + 1, f.assemblies(), f.assembly(), f.sequence(), f.filmKey());
        return f.outages();
    }

    void noOutage() {
        tries(0, f.assemblies(), f.assembly(), f.sequence(), f.filmKey());
    }

    String nextAssembly() {
        String id = Ids.assembly(f.ref(), f.assemblies());
        tries(f.outages(), f.assemblies() + 1, Optional.of(id), f.sequence(), f.filmKey());
        return id;
    }

    void finished(String filmKey) {
        tries(0, f.assemblies(), f.assembly(), f.sequence(), Optional.of(filmKey));
    }

    /** Writes and publishes the record if anything changed. */
    void close(FilmStore store, Consumer<FilmEffect> effects) {
        closed = true;
        if (f.equals(before)) {
            return;
        }
        tries(f.outages(), f.assemblies(), f.assembly(), f.sequence() + 1, f.filmKey());
        store.put(f);
        events.forEach(e -> effects.accept(new FilmEffect.Announce(e)));
        effects.accept(new FilmEffect.Publish(f.summary()));
    }
}
