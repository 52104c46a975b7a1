package dev.longtake.contract;

/** One revision of one film of one tenant. */
public record FilmRef(String tenant, String film, int revision) {
    /** Key of the film in {@code film-states} and {@code film-events}. */
    public String filmKey() {
        return tenant + "/" + film;
    }
}
