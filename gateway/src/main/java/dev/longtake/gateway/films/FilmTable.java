package dev.longtake.gateway.films;

import dev.longtake.contract.FilmState;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;

/** The read model: the newest state of every film, by tenant, newest film first. Written by one reader of {@code film-states}. */
public final class FilmTable {
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
    }

    /** Some films, newest first. @param next the last film's id if there may be more */
    public record Page(List<FilmState> films, Optional<String> next) {}

    /** Takes a state in; an older one than is known is dropped. */
    public void put(FilmState state) {
        Tenant tenant = tenants.computeIfAbsent(state.film().tenant(), t -> new Tenant());
        Place place = new Place(state.submitted(), state.film().film());
        Place known = tenant.places.get(state.film().film());
        if (known != null && isOlder(state, tenant.films.get(known))) {
            return;
        }
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

    /** @param filmKey {@code tenant/film} */
    public void remove(String filmKey) {
        int slash = filmKey.indexOf('/');
        Tenant tenant = slash < 0 ? null : tenants.get(filmKey.substring(0, slash));
        Place place = tenant == null ? null : tenant.places.remove(filmKey.substring(slash + 1));
        if (place != null) {
            tenant.films.remove(place);
        }
    }

    public Optional<FilmState> find(String tenant, String film) {
        Tenant found = tenants.get(tenant);
        Place place = found == null ? null : found.places.get(film);
        return place == null ? Optional.empty() : Optional.ofNullable(found.films.get(place));
    }

    /** @param after the film after which the page begins. @return empty if there is no such film */
    public Optional<Page> page(String tenant, Optional<String> after, int limit) {
        Tenant found = tenants.getOrDefault(tenant, new Tenant());
        NavigableMap<Place, FilmState> films = found.films;
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
