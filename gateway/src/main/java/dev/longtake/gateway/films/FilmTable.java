package dev.longtake.gateway.films;

import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import dev.longtake.film.state.RevisionState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The read model: the newest state of every film, by tenant, newest film first. Written by one reader of {@code film-states}. */
public final class FilmTable {
    private static final String STALLED = RevisionState.STALLED.label();
    private static final String GONE = RevisionState.DELETED.label();

    private final Map<String, Tenant> tenants = new ConcurrentHashMap<>();

    private record Place(Instant submitted, String film) implements Comparable<Place> {
        private static final Comparator<Place> NEWEST_FIRST = Comparator.comparing(Place::submitted).reversed().thenComparing(Place::film);

        @Override
        public int compareTo(Place other) {
            return NEWEST_FIRST.compare(this, other);
        }
    }

    private static final class Tenant {
        private final Map<String, Place> places = new ConcurrentHashMap<>();
        private final NavigableMap<Place, FilmState> films = new ConcurrentSkipListMap<>();
        /** Films that were deleted a short time ago: their ids may not be taken for new films. */
        private final Set<String> gone = ConcurrentHashMap.newKeySet();
        private final Map<String, NavigableMap<Integer, FilmState>> earlier = new ConcurrentHashMap<>();
        /** Kept and not summed when asked: every submission asks, and a tenant may have 100,000 films. */
        private final Map<Lane, Waiting> waiting = new ConcurrentHashMap<>();

        private void replaced(FilmState before, FilmState after) {
            add(before, -1);
            add(after, 1);
        }

        private void add(FilmState film, int sign) {
            if (film != null && !FilmView.isFinal(film.state())) {
                waiting.merge(film.lane(), Waiting.of(film).times(sign), Waiting::plus);
            }
        }

        private Waiting all() {
            return waiting.values().stream().reduce(Waiting.NOTHING, Waiting::plus);
        }
    }

    /** Films that are not over, and what of them is not rendered yet; whole numbers, so that what is added and taken away again leaves nothing behind. */
    private record Waiting(long films, long micros, long segments, long stalled) {
        private static final Waiting NOTHING = new Waiting(0, 0, 0, 0);

        static Waiting of(FilmState film) {
            if (film == null || FilmView.isFinal(film.state())) {
                return NOTHING;
            }
            return new Waiting(1, Math.round(1e6 * seconds(film) * (1 - (double) film.accepted() / Math.max(1, film.segments()))), film.segments() - film.accepted(),
                    film.state().equals(STALLED) ? 1 : 0);
        }

        Waiting plus(Waiting other) {
            return new Waiting(films + other.films, micros + other.micros, segments + other.segments, stalled + other.stalled);
        }

        Waiting times(int factor) {
            return new Waiting(films * factor, micros * factor, segments * factor, stalled * factor);
        }
    }

    /** What waits in a lane. @param films that are not over. @param segments of them that are not rendered yet. @param stalled films that wait for what is away */
    public record Queued(String lane, String tenant, long films, long segments, long stalled) {}

    /** What is not over, by lane, most urgent first, and tenant. @param shown the tenants whose films count */
    public List<Queued> queue(Predicate<String> shown) {
        List<Queued> all = new ArrayList<>();
        for (Lane lane : Lane.values()) {
            tenants.entrySet().stream().filter(e -> shown.test(e.getKey())).sorted(Map.Entry.comparingByKey()).forEach(e -> {
                Waiting waits = e.getValue().waiting.getOrDefault(lane, Waiting.NOTHING);
                if (waits.films() > 0) {
                    all.add(new Queued(lane.name().toLowerCase(Locale.ROOT), e.getKey(), waits.films(), waits.segments(), waits.stalled()));
                }
            });
        }
        return all;
    }

    /** Some films, newest first. @param next the last film's id if there may be more */
    public record Page(List<FilmState> films, Optional<String> next) {}

    /** Takes in what {@code film-states} says under a key: the newest revision of a film, the last word on an earlier one, or (null) that it is gone. */
    public void take(String key, FilmState state) {
        if (state == null) {
            remove(key);
        } else if (key.equals(state.film().revisionKey())) {
            Tenant tenant = tenants.computeIfAbsent(state.film().tenant(), t -> new Tenant());
            tenant.earlier.computeIfAbsent(state.film().film(), f -> new ConcurrentSkipListMap<>()).put(state.film().revision(), state);
        } else {
            put(state);
        }
    }

    /** Every revision of a film that is known, newest first. */
    public List<FilmState> revisions(String tenant, String film) {
        Optional<FilmState> newest = find(tenant, film);
        if (newest.isEmpty()) {
            // What is left of a film that is gone.
            return List.of();
        }
        List<FilmState> all = new ArrayList<>(List.of(newest.get()));
        NavigableMap<Integer, FilmState> earlier = tenants.get(tenant).earlier.get(film);
        if (earlier != null) {
            all.addAll(earlier.headMap(newest.get().film().revision(), false).descendingMap().values());
        }
        return all;
    }

    /** How many revisions of a film are known. */
    public int kept(String tenant, String film) {
        Optional<FilmState> newest = find(tenant, film);
        if (newest.isEmpty()) {
            return 0;
        }
        NavigableMap<Integer, FilmState> earlier = tenants.get(tenant).earlier.get(film);
        return 1 + (earlier == null ? 0 : earlier.headMap(newest.get().film().revision(), false).size());
    }

    /** Takes a state in; an older one than is known is dropped. */
    public void put(FilmState state) {
        Tenant tenant = tenants.computeIfAbsent(state.film().tenant(), t -> new Tenant());
        if (state.state().equals(GONE)) {
            remove(state.film().filmKey());
            tenant.gone.add(state.film().film());
            return;
        }
        tenant.gone.remove(state.film().film());
        Place place = new Place(state.submitted(), state.film().film());
        Place known = tenant.places.get(state.film().film());
        if (known != null && isOlder(state, tenant.films.get(known))) {
            return;
        }
        tenant.replaced(known == null ? null : tenant.films.get(known), state);
        tenant.films.put(place, state);
        tenant.places.put(state.film().film(), place);
        if (known != null && !known.equals(place)) {
            tenant.films.remove(known);
        }
    }

    private static boolean isOlder(FilmState state, FilmState known) {
        int byRevision = Integer.compare(state.film().revision(), known.film().revision());
        return byRevision < 0 || byRevision == 0 && state.sequence() < known.sequence();
    }

    /** @param key {@code tenant/film}, or {@code tenant/film/r<revision>} for an earlier revision alone */
    public void remove(String key) {
        String[] parts = key.split("/", 3);
        Tenant tenant = parts.length < 2 ? null : tenants.get(parts[0]);
        if (tenant == null) {
            return;
        }
        if (parts.length == 3) {
            NavigableMap<Integer, FilmState> earlier = tenant.earlier.get(parts[1]);
            if (earlier != null) {
                earlier.values().removeIf(s -> s.film().revisionKey().equals(key));
            }
            return;
        }
        tenant.earlier.remove(parts[1]);
        tenant.gone.remove(parts[1]);
        Place place = tenant.places.remove(parts[1]);
        if (place != null) {
            tenant.replaced(tenant.films.remove(place), null);
        }
    }

    /** Whether the film was deleted, and so short a time ago that its id is still known. */
    public boolean isGone(String tenant, String film) {
        Tenant found = tenants.get(tenant);
        return found != null && found.gone.contains(film);
    }

    /** How many films a tenant has. */
    public int size(String tenant) {
        Tenant found = tenants.get(tenant);
        return found == null ? 0 : found.places.size();
    }

    /** What a tenant waits for. @param films those that are not over. @param seconds of film that are not rendered yet */
    public record Load(long films, double seconds) {}

    /** @param except a film that is not counted */
    public Load load(String tenant, Optional<String> except) {
        Tenant found = tenants.get(tenant);
        if (found == null) {
            return new Load(0, 0);
        }
        Waiting all = found.all().plus(Waiting.of(except.flatMap(f -> find(tenant, f)).orElse(null)).times(-1));
        return new Load(all.films(), all.micros() / 1e6);
    }

    private static double seconds(FilmState film) {
        return film.fps() > 0 ? film.frames() / film.fps() : 0;
    }

    public Optional<FilmState> find(String tenant, String film) {
        Tenant found = tenants.get(tenant);
        Place place = found == null ? null : found.places.get(film);
        return place == null ? Optional.empty() : Optional.ofNullable(found.films.get(place));
    }

    /** @param after the film after which the page begins. @return empty if there is no such film */
    public Optional<Page> page(String tenant, Optional<String> after, int limit) {
        return page(tenant, after, limit, false);
    }

    /**
     * @param after       the film after which the page begins
     * @param oldestFirst instead of newest first
     * @return empty if there is no such film
     */
    public Optional<Page> page(String tenant, Optional<String> after, int limit, boolean oldestFirst) {
        Tenant found = tenants.getOrDefault(tenant, new Tenant());
        NavigableMap<Place, FilmState> films = oldestFirst ? found.films.descendingMap() : found.films;
        if (after.isPresent()) {
            Place place = found.places.get(after.get());
            if (place == null) {
                return Optional.empty();
            }
            films = films.tailMap(place, false);
        }
        List<FilmState> page = films.values().stream().limit(limit + 1L).collect(Collectors.toList());
        if (page.size() <= limit) {
            return Optional.of(new Page(page, Optional.empty()));
        }
        List<FilmState> cut = page.subList(0, limit);
        return Optional.of(new Page(List.copyOf(cut), Optional.of(cut.get(limit - 1).film().film())));
    }
}
