package dev.longtake.scheduler.stage.film;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmRef;
import dev.longtake.scheduler.stage.StateMap;
import java.util.List;
import java.util.Optional;

/** The film stage's records of what is over, by key. All are only looked up: they grow with what is kept. */
public final class KeepingStore {
    private final StateMap state;

    KeepingStore(StateMap state) {
        this.state = state;
    }

    /**
     * A revision that is over and was not let go of yet.
     *
     * @param parts   parts of what it holds, from 0; the last goes first
     * @param leaving the job that removes the part before, once it is being let go of
     */
    public record Ended(FilmRef ref, int parts, Optional<String> leaving) {}

    /** Attempts that a revision's segments are, in their order: a part of them. */
    public record Held(List<AttemptRef> attempts) {}

    /**
     * What is being removed.
     *
     * @param of        the revision that let go of it; revision 0 for what a sweep found
     * @param confirmed whether the janitor was told to go ahead
     */
    public record Leaving(String id, FilmRef of, List<FilmRef> revisions, List<AttemptRef> attempts, boolean confirmed) {
        Leaving confirm() {
            return new Leaving(id, of, revisions, attempts, true);
        }
    }

    /** The job that removes what a sweep found. */
    public record Sweep(String id) {}

    /** Films of a tenant that are not over. */
    public record Open(int films) {}

    private static String at(String prefix, FilmRef ref) {
        return prefix + ref.tenant() + "/" + ref.film() + "/" + ref.revision();
    }

    private static String part(FilmRef ref, int part) {
        return at("held/", ref) + "/" + part;
    }

    void hold(FilmRef ref, int part, List<AttemptRef> attempts) {
        state.put(part(ref, part), new Held(List.copyOf(attempts)));
    }

    public List<AttemptRef> held(FilmRef ref, int part) {
        return state.get(part(ref, part), Held.class).map(Held::attempts).orElse(List.of());
    }

    void removeHeld(FilmRef ref, int part) {
        state.delete(part(ref, part));
    }

    public Optional<Ended> ended(FilmRef ref) {
        return state.get(at("ended/", ref), Ended.class);
    }

    void put(Ended ended) {
        state.put(at("ended/", ended.ref()), ended);
    }

    void remove(Ended ended) {
        state.delete(at("ended/", ended.ref()));
    }

    private static String leaving(FilmRef of, String id) {
        return "leaving/" + of.tenant() + "/" + id;
    }

    Optional<Leaving> leaving(String tenant, String id) {
        return state.get("leaving/" + tenant + "/" + id, Leaving.class);
    }

    void put(Leaving leaving) {
        state.put(leaving(leaving.of(), leaving.id()), leaving);
    }

    void remove(Leaving leaving) {
        state.delete(leaving(leaving.of(), leaving.id()));
    }

    /** Films of a tenant that are not over. */
    int open(String tenant) {
        return state.get("open/" + tenant, Open.class).map(Open::films).orElse(0);
    }

    void open(String tenant, int more) {
        int films = open(tenant) + more;
        if (films > 0) {
            state.put("open/" + tenant, new Open(films));
        } else {
            state.delete("open/" + tenant);
        }
    }

    /** The job that removes what a sweep found, if there is one. */
    public Optional<String> sweep(String tenant) {
        return state.get("sweep/" + tenant, Sweep.class).map(Sweep::id);
    }

    void sweep(String tenant, String id) {
        state.put("sweep/" + tenant, new Sweep(id));
    }

    void swept(String tenant) {
        state.delete("sweep/" + tenant);
    }
}
