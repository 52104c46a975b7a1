package dev.longtake.scheduler.stage.film;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.ExpiryJob;
import dev.longtake.contract.ExpiryReport;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Message;
import dev.longtake.film.state.RevisionState;
import dev.longtake.scheduler.stage.Ids;
import dev.longtake.scheduler.stage.film.FilmStore.Kind;
import dev.longtake.scheduler.stage.film.FilmStore.Timer;
import dev.longtake.scheduler.stage.film.KeepingStore.Ended;
import dev.longtake.scheduler.stage.film.KeepingStore.Leaving;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is kept of revisions that are over, and how it goes.
 *
 * <p>Invariants:
 * <ul>
 * <li>Every segment of every revision that is not let go of yet holds the attempt it is: {@link StoredAttempt#holds()} counts just
 * these. An attempt leaves the index of what can be reused when the last hold goes, and never comes back to it.
 * <li>Nothing is removed that is in that index, or that an active segment may still become: a job names only attempts and revisions
 * that no later decision can use. An attempt's id is never given again; what a sweep names is barred from being made ready or
 * submitted for as long as its job is out.
 * <li>A job is confirmed only on word that its grace has passed, and only if the decision is still in the state, under the same id. The
 * janitor's clock measures the grace, and it is longer than a scheduler that was replaced can go on deciding: what such a one decided
 * alone is in nobody's state by then, so a decision that is taken twice, or by the wrong scheduler, removes nothing.
 * <li>A revision holds an attempt's parent for as long as the attempt, and lets go from the end of its chains: the next part only when
 * the part before it is removed. So children go before their parents, across films, too.
 * </ul>
 */
final class Keeping {
    private static final int SWEPT = 0;
    /** A revision that is needed beyond its time is looked at again after this part of it. */
    private static final int NEEDED = 10;

    private final FilmChange.Tools tools;
    private final FilmStore films;
    private final KeepingStore store;

    Keeping(FilmChange.Tools tools) {
        this.tools = tools;
        this.films = tools.store();
        this.store = films.keeping();
    }

    private KeepingLimits limits() {
        return tools.limits().keeping();
    }

    /** A revision is over; its segments are still there. What they are is written down, and held until the revision is let go of. */
    static void ended(FilmChange film) {
        int batch = film.limits().keeping().batch();
        List<AttemptRef> held = film.store().segments(film.ref()).stream().flatMap(s -> s.accepted().stream()).toList();
        int parts = 0;
        for (int from = 0; from < held.size(); from += batch) {
            film.store().keeping().hold(film.ref(), parts++, held.subList(from, Math.min(held.size(), from + batch)));
        }
        film.store().keeping().put(new Ended(film.ref(), parts, Optional.empty()));
        film.store().keeping().open(film.ref().tenant(), -1);
    }

    /** The film goes: it is cancelled if it still runs, and all its revisions are let go of. */
    void delete(FilmRecord record, RevisionState.Event why, Instant now) {
        FilmChange film = new FilmChange(tools, record, now);
        if (!film.over()) {
            film.end(why, Optional.empty());
        }
        film.move(why, Optional.empty());
        film.change(FilmRecord::emptied);
        film.close();
        for (FilmRef revision : revisions(record.ref())) {
            store.ended(revision).filter(e -> e.leaving().isEmpty()).ifPresent(e -> next(e, now));
        }
        forgetLater(record.ref(), now);
    }

    /** Every revision that there may be. */
    private static List<FilmRef> revisions(FilmRef newest) {
        List<FilmRef> all = new ArrayList<>();
        for (int revision = newest.revision(); revision > 0; revision--) {
            all.add(new FilmRef(newest.tenant(), newest.film(), revision));
        }
        return all;
    }

    /** Why a revision that was just ordered cannot even begin. */
    Optional<String> obstacle(FilmRef ref, String pool) {
        if (!tools.limits().pools().contains(pool)) {
            return Optional.of("this farm has no pool \"" + pool + "\"");
        }
        if (store.open(ref.tenant()) > limits().films()) {
            return Optional.of("more than " + limits().films() + " films of this tenant are not over yet; submit it again when some are");
        }
        if (swept(films, ref.tenant()).filter(l -> l.revisions().contains(ref)).isPresent()) {
            return Optional.of("its plan lay unused for so long that it is being removed; submit the story again");
        }
        return Optional.empty();
    }

    void due(Timer timer, Instant now) {
        FilmRef ref = timer.film();
        if (timer.kind() == Kind.EXPIRE) {
            store.ended(ref).filter(e -> e.leaving().isEmpty()).ifPresent(e -> expire(e, now));
        } else if (timer.kind() == Kind.FORGET) {
            films.film(ref).filter(f -> f.state() == RevisionState.DELETED).ifPresent(f -> {
                films.remove(f.ref());
                tools.effects().accept(new FilmEffect.Forget(f.ref()));
            });
        } else {
            Optional<String> job = ref.revision() == SWEPT ? store.sweep(ref.tenant()) : store.ended(ref).flatMap(Ended::leaving);
            job.flatMap(id -> store.leaving(ref.tenant(), id)).ifPresent(l -> offer(l, now));
        }
    }

    private void expire(Ended ended, Instant now) {
        FilmRef ref = ended.ref();
        Optional<FilmRecord> film = films.film(ref);
        if (film.filter(f -> f.ref().equals(ref) && RevisionState.TABLE.next(f.state(), RevisionState.Event.EXPIRE).isPresent()).isPresent()) {
            delete(film.get(), RevisionState.Event.EXPIRE, now);
        } else if (film.filter(f -> f.needs(ref)).isPresent()) {
            films.set(new Timer(ref, Kind.EXPIRE, -1), now.plus(limits().retention().dividedBy(NEEDED)));
        } else {
            next(ended, now);
        }
    }

    /** Lets go of the next part of what a revision holds; what nobody holds then is to be removed. */
    private void next(Ended ended, Instant now) {
        FilmRef ref = ended.ref();
        boolean first = ended.leaving().isEmpty();
        int parts = ended.parts();
        List<AttemptRef> unheld = List.of();
        while (unheld.isEmpty() && parts > 0) {
            parts--;
            unheld = letGo(ref.tenant(), store.held(ref, parts));
            store.removeHeld(ref, parts);
        }
        films.clear(new Timer(ref, Kind.EXPIRE, -1));
        if (first && films.film(ref).filter(f -> f.ref().equals(ref)).isEmpty()) {
            tools.effects().accept(new FilmEffect.ForgetRevision(ref));
        }
        if (!first && unheld.isEmpty()) {
            store.remove(ended);
            forgetLater(ref, now);
            return;
        }
        Leaving leaving = new Leaving(Ids.expiry(ref, parts, now), ref, first ? List.of(ref) : List.of(), unheld, false);
        store.put(new Ended(ref, parts, Optional.of(leaving.id())));
        begin(leaving, now);
    }

    private List<AttemptRef> letGo(String tenant, List<AttemptRef> held) {
        List<AttemptRef> unheld = new ArrayList<>();
        for (int i = held.size() - 1; i >= 0; i--) {
            films.stored(tenant, held.get(i)).map(s -> s.held(s.held() - 1)).ifPresent(s -> {
                if (s.held() > 0) {
                    films.put(tenant, s);
                } else {
                    films.remove(tenant, s.attempt());
                    unheld.add(s.attempt());
                }
            });
        }
        return unheld;
    }

    /** Once nothing of a film that is gone is left, its id is free again after a while. */
    private void forgetLater(FilmRef ref, Instant now) {
        films.film(ref).filter(f -> f.state() == RevisionState.DELETED).filter(f -> revisions(f.ref()).stream().allMatch(r -> store.ended(r).isEmpty()))
                .ifPresent(f -> films.set(new Timer(f.ref(), Kind.FORGET, -1), now.plus(limits().remembered())));
    }

    private void begin(Leaving leaving, Instant now) {
        store.put(leaving);
        offer(leaving, now);
    }

    private void offer(Leaving leaving, Instant now) {
        tools.effects().accept(new FilmEffect.Expire(
                new ExpiryJob(Message.VERSION, leaving.of().tenant(), leaving.id(), leaving.revisions(), leaving.attempts(), leaving.confirmed(), now)));
        films.set(new Timer(leaving.of(), Kind.REMOVAL, -1), now.plus(limits().patience()));
    }

    void on(ExpiryReport report, Instant now) {
        if (report instanceof ExpiryReport.Found found) {
            found(found, now);
        } else if (report instanceof ExpiryReport.Waited waited) {
            store.leaving(waited.tenant(), waited.id()).ifPresent(l -> begin(l.confirm(), now));
        } else if (report instanceof ExpiryReport.Removed removed) {
            store.leaving(removed.tenant(), removed.id()).filter(Leaving::confirmed).ifPresent(l -> removed(l, now));
        }
    }

    private void removed(Leaving leaving, Instant now) {
        store.remove(leaving);
        films.clear(new Timer(leaving.of(), Kind.REMOVAL, -1));
        if (leaving.of().revision() == SWEPT) {
            store.swept(leaving.of().tenant());
        } else {
            store.ended(leaving.of()).ifPresent(e -> next(e, now));
        }
    }

    /** One sweep at a time: what is found meanwhile will be found again. */
    private void found(ExpiryReport.Found found, Instant now) {
        if (store.sweep(found.tenant()).isPresent()) {
            return;
        }
        Set<AttemptRef> inWork = films.segments(found.tenant()).stream().flatMap(s -> s.known().stream()).collect(Collectors.toSet());
        List<AttemptRef> attempts = found.attempts().stream().filter(a -> !inWork.contains(a) && films.stored(found.tenant(), a).isEmpty()).limit(limits().batch()).toList();
        List<FilmRef> revisions = found.revisions().stream().filter(r -> r.tenant().equals(found.tenant()) && isUnknown(r)).limit(limits().batch()).toList();
        if (attempts.isEmpty() && revisions.isEmpty()) {
            return;
        }
        FilmRef sweep = new FilmRef(found.tenant(), "", SWEPT);
        Leaving leaving = new Leaving(Ids.expiry(sweep, 0, now), sweep, revisions, attempts, false);
        store.sweep(found.tenant(), leaving.id());
        begin(leaving, now);
    }

    /** Whether no film has this revision, had it and may show it again, or needs what lies there. */
    private boolean isUnknown(FilmRef ref) {
        return store.ended(ref).isEmpty() && films.film(ref).filter(f -> f.state() != RevisionState.DELETED && (f.ref().equals(ref) || f.needs(ref))).isEmpty();
    }

    /** Whether this attempt is being removed as one that nobody ever made ready. */
    static boolean isBarred(FilmStore films, String tenant, AttemptRef attempt) {
        return swept(films, tenant).filter(l -> l.attempts().contains(attempt)).isPresent();
    }

    private static Optional<Leaving> swept(FilmStore films, String tenant) {
        return films.keeping().sweep(tenant).flatMap(id -> films.keeping().leaving(tenant, id));
    }
}
