package dev.longtake.gateway.access;

import java.util.Arrays;
import java.util.Optional;

/** What a caller may do. Which scope an operation needs, {@link Operation} says. */
public enum Scope {
    /** Look at films, models and workers, listen to events, download. */
    FILMS_READ("films:read"),
    /** Submit films, and everything that changes one. */
    FILMS_WRITE("films:write"),
    /** All of a tenant: its keys, its dead letters and its audit trail, too. */
    ADMIN("admin"),
    /** All of the farm: keys of every tenant, and what belongs to none. */
    OPERATOR("operator");

    private final String label;

    Scope(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    public static Optional<Scope> of(String label) {
        return Arrays.stream(values()).filter(s -> s.label.equals(label)).findFirst();
    }

    /** Whoever may make keys could make itself one of any lesser scope. */
    public boolean grants(Scope needed) {
        return this == needed || this == OPERATOR || this == ADMIN && needed != OPERATOR;
    }
}
