package dev.longtake.bench.simulator.farm;

import dev.longtake.bench.simulator.faults.Fault;
import dev.longtake.bench.simulator.farm.SimulatedStore.AwayException;
import dev.longtake.contract.Digests;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Lane;
import dev.longtake.contract.Message;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.PlanDocument;
import dev.longtake.film.state.RevisionState;
import dev.longtake.scheduler.stage.film.FilmRecord;
import dev.longtake.scheduler.stage.film.FilmStore;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** People and the gateway: stories in, wishes at any moment, and a look at what was made. */
public final class Users {
    private static final int TENANTS = 3;
    private static final int BAD = 25;
    /** One wish in so many comes at once. */
    private static final int SOON = 5;
    private static final int SOON_MILLIS = 100;
    private static final int WISH = 8;
    private static final int LOOK = 30_000;

    private final Farm farm;
    private final int count;
    private final Map<String, FilmPlan> plans = new HashMap<>();
    private final Map<String, FilmPlan> byDigest = new HashMap<>();
    private final Map<String, FilmRef> submitted = new LinkedHashMap<>();
    private int waiting;
    private int films;

    Users(Farm farm, int count) {
        this.farm = farm;
        this.count = count;
    }

    void begin() {
        for (int i = 0; i < count; i++) {
            later(farm.upTo(60_000), "tenant" + farm.random().nextInt(TENANTS));
        }
        if (farm.faults().isOn(Fault.TENANT_FLOOD) && farm.faults().amount(Fault.TENANT_FLOOD, "whether", 6) == 1) {
            int at = farm.upTo(90_000);
            int more = 5 + farm.faults().amount(Fault.TENANT_FLOOD, "more", 10);
            farm.agenda().in(at, () -> farm.faults().count(Fault.TENANT_FLOOD));
            for (int i = 0; i < more; i++) {
                later(at, "tenant0");
            }
        }
        farm.agenda().background(LOOK, this::look);
    }

    private void later(int delay, String tenant) {
        FilmRef film = new FilmRef(tenant, "film" + films++, 1);
        waiting++;
        farm.agenda().in(delay, () -> {
            waiting--;
            submit(film);
        });
        for (Fault wish : new Fault[] {Fault.CANCEL, Fault.PAUSE, Fault.RESUME, Fault.RETRY, Fault.REVISE, Fault.FILM_DELETED, Fault.REPRIORITISE}) {
            String key = film.filmKey();
            if (farm.faults().isOn(wish) && farm.faults().amount(wish, key + "whether", wish == Fault.CANCEL ? 2 * WISH : WISH) == 1) {
                // Some change their mind at once, before anything has begun.
                int after = farm.faults().amount(wish, key + "soon", SOON) == 1 ? SOON_MILLIS : Farm.TROUBLED / 3;
                farm.agenda().in(delay + farm.faults().amount(wish, key, after), () -> wish(wish, film));
            }
        }
    }

    private void submit(FilmRef film) {
        String key = ObjectKeys.plan(film);
        Optional<String> digest = plan(film);
        if (digest.isEmpty()) {
            // The gateway answered 503; the user asks again.
            waiting++;
            farm.agenda().in(1_000 + farm.upTo(9_000), () -> {
                waiting--;
                submit(film);
            });
            return;
        }
        submitted.put(film.filmKey(), film);
        farm.command(new FilmCommand.Submit(Message.VERSION, film, key, digest.get(), "t", lane(), pool(film), farm.instant()));
    }

    /** Writes a story, plans it and puts the plan where the scheduler will look. @return its digest, or empty if the store is away */
    private Optional<String> plan(FilmRef film) {
        String key = film.filmKey() + film.revision();
        Optional<String> bad = bad(Fault.POISON_SEGMENT, key, Stories.POISON).or(() -> bad(Fault.DEADLY_SEGMENT, key, Stories.DEADLY));
        FilmPlan plan = Stories.plan(Stories.write(farm.random(), bad));
        byte[] document = PlanDocument.of(plan).toBytes();
        String digest = Digests.sha256(document);
        byDigest.put(digest, plan);
        if (farm.faults().strikes(Fault.PLAN_MISSING, key, BAD)) {
            return Optional.of(digest);
        }
        try {
            if (farm.store().putIfAbsent(ObjectKeys.plan(film), new Thing.Plan(digest, document)) instanceof Thing.Plan stored && stored.digest().equals(digest)) {
                plans.put(ObjectKeys.plan(film), plan);
                return Optional.of(digest);
            }
            return Optional.empty();
        } catch (AwayException e) {
            return Optional.empty();
        }
    }

    private Optional<String> bad(Fault fault, String key, String word) {
        return farm.faults().isOn(fault) && farm.faults().amount(fault, key, BAD) == 1 ? Optional.of(word) : Optional.empty();
    }

    private Lane lane() {
        return Lane.values()[farm.random().nextInt(2)];
    }

    private String pool(FilmRef film) {
        return farm.faults().isOn(Fault.PLAN_MISSING) && farm.faults().amount(Fault.PLAN_MISSING, film.filmKey() + "pool", 2 * BAD) == 1 ? "nowhere" : Farm.POOL;
    }

    private void wish(Fault wish, FilmRef film) {
        FilmRef newest = new FilmStore(farm.films().state()).film(film).map(FilmRecord::ref).orElse(film);
        if (wish == Fault.REVISE) {
            FilmRef next = new FilmRef(film.tenant(), film.film(), newest.revision() + 1);
            plan(next).ifPresent(digest -> {
                farm.faults().count(wish);
                farm.command(new FilmCommand.Revise(Message.VERSION, next, ObjectKeys.plan(next), digest, "t", lane(), Farm.POOL, farm.instant()));
            });
            return;
        }
        farm.faults().count(wish);
        farm.command(switch (wish) {
            case CANCEL -> new FilmCommand.Cancel(Message.VERSION, newest, farm.instant());
            case PAUSE -> new FilmCommand.Pause(Message.VERSION, newest, farm.instant());
            case FILM_DELETED -> new FilmCommand.Delete(Message.VERSION, newest, farm.instant());
            case REPRIORITISE -> new FilmCommand.Reprioritise(Message.VERSION, newest, lane(), farm.instant());
            case RETRY -> new FilmCommand.Retry(Message.VERSION, newest, farm.instant());
            default -> new FilmCommand.Resume(Message.VERSION, newest, farm.instant());
        });
    }

    /** Lists what was made of films that are over; once things are calm, lets those go on that somebody forgot while they were paused. */
    private void look() {
        farm.agenda().background(LOOK, this::look);
        for (FilmRecord film : farm.records()) {
            if (film.state() == RevisionState.PAUSED && farm.calm()) {
                farm.command(new FilmCommand.Resume(Message.VERSION, film.ref(), farm.instant()));
            }
        }
        try {
            farm.store().list("tenants/tenant0/films/");
        } catch (AwayException e) {
            farm.trace(e::getMessage);
        }
    }

    /** Whether every film that was submitted has ended. */
    public boolean allOver() {
        FilmStore store = new FilmStore(farm.films().state());
        return waiting == 0 && submitted.values().stream().allMatch(f -> store.film(f).map(r -> r.state().isFinal()).orElseGet(() -> farm.films().isForgotten(f)));
    }

    /** Every film submitted, in its first revision. */
    public Iterable<FilmRef> submitted() {
        return submitted.values();
    }

    public FilmPlan planOf(String digest) {
        return byDigest.get(digest);
    }

    /** Every plan that was ever put, by its object key, whether or not it was removed since. */
    public Map<String, FilmPlan> plans() {
        return Collections.unmodifiableMap(plans);
    }

    /** The plan at an object key, if there is one. */
    public Optional<FilmPlan> planAt(String key) {
        return Optional.ofNullable(plans.get(key));
    }
}
