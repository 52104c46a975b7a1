package dev.longtake.film.state;

/** Hears every transition that a stage makes: what a log is written from, and how a test knows which rows of a table were used. */
@FunctionalInterface
public interface TransitionListener {
    /** Nobody listens. */
    TransitionListener NONE = (table, from, event, to) -> {};

    void moved(TransitionTable<?, ?> table, Enum<?> from, Enum<?> event, Enum<?> to);
}
