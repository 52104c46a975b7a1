package dev.longtake.contract;

/** One revision of one film of one tenant. */
public record FilmRef(String tenant, String film, int revision) {
    /** Key of an earlier revision in {@code film-states}. */
    public String revisionKey() {
        return filmKey() + "/r" + revision;
    }

    /** Key of the film in {@code film-states} and {@code film-events}. */
    public String filmKey() {
        return tenant + "/" + film;
    }
}
