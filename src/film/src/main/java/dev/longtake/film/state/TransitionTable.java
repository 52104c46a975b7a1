package dev.longtake.film.state;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A state machine as a table: which event leads from which state to which. Whatever is not in the table does not happen.
 *
 * @param <S> states
 * @param <E> events
 */
public final class TransitionTable<S extends Enum<S>, E extends Enum<E>> {
    private final String name;
    private final S initial;
    private final Set<S> finals;
    private final Set<E> renewing;
    private final Map<S, Map<E, S>> table;

    private TransitionTable(String name, S initial, Set<S> finals, Set<E> renewing, Map<S, Map<E, S>> table) {
        this.name = name;
        this.initial = initial;
        this.finals = finals;
        this.renewing = renewing;
        this.table = table;
    }

    static <S extends Enum<S>, E extends Enum<E>> Builder<S, E> of(String name, S initial, Set<S> finals) {
        return new Builder<>(name, initial, finals);
    }

    /** Where an event leads, or empty if it is not for this state: it is legal in exactly the states for which there is a row. */
    public Optional<S> next(S from, E event) {
        return Optional.ofNullable(table.getOrDefault(from, Map.of()).get(event));
    }

    /** As {@link #next(Enum, Enum)}, and tells the listener if the event leads anywhere. */
    public Optional<S> next(S from, E event, TransitionListener listener) {
        Optional<S> to = next(from, event);
        to.ifPresent(state -> listener.moved(this, from, event, state));
        return to;
    }

    /** Every row, as {@code from event to}. */
    public Set<String> rows() {
        Set<String> rows = new TreeSet<>();
        table.forEach((from, row) -> row.forEach((event, to) -> rows.add(row(from, event, to))));
        return rows;
    }

    /** A row as {@link #rows()} writes it. */
    public static String row(Enum<?> from, Enum<?> event, Enum<?> to) {
        return label(from) + " " + label(event) + " " + label(to);
    }

    /** Whether the event leaves what it happens to as it is, and begins another. */
    public boolean begins(E event) {
        return renewing.contains(event);
    }

    public boolean isFinal(S state) {
        return finals.contains(state);
    }

    public S initial() {
        return initial;
    }

    public String name() {
        return name;
    }

    /** The table as a Mermaid state diagram. */
    public String diagram() {
        StringBuilder out = new StringBuilder("stateDiagram-v2\n    [*] --> " + label(initial) + "\n");
        table.forEach((from, row) -> {
            Map<S, String> byTarget = new LinkedHashMap<>();
            row.forEach((event, to) -> byTarget.merge(to, label(event) + (begins(event) ? " (a new " + name + ")" : ""), (a, b) -> a + ", " + b));
            byTarget.forEach((to, events) -> out.append("    ").append(label(from)).append(" --> ").append(label(to)).append(": ").append(events).append('\n'));
        });
        finals.stream().sorted().forEach(s -> out.append("    ").append(label(s)).append(" --> [*]\n"));
        return out.toString();
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Rows of a table, one call each. */
    static final class Builder<S extends Enum<S>, E extends Enum<E>> {
        private final String name;
        private final S initial;
        private final Set<S> finals;
        private final Set<E> renewing = new HashSet<>();
        private final Map<S, Map<E, S>> table = new LinkedHashMap<>();

        private Builder(String name, S initial, Set<S> finals) {
            this.name = name;
            this.initial = initial;
            this.finals = finals;
        }

        @SafeVarargs
        final Builder<S, E> on(E event, S to, S... froms) {
            for (S from : froms) {
                S before = table.computeIfAbsent(from, f -> new EnumMap<>(event.getDeclaringClass())).put(event, to);
                if (before != null || finals.contains(from)) {
                    throw new IllegalStateException(name + ": " + from + " on " + event + " leads to " + to + " and to " + before);
                }
            }
            return this;
        }

        /**
         * The event begins another thing of this kind in its first state, and leaves this one as it is.
         */
        @SafeVarargs
        final Builder<S, E> anew(E event, S... froms) {
            for (S from : froms) {
                if (table.computeIfAbsent(from, f -> new EnumMap<>(event.getDeclaringClass())).put(event, initial) != null) {
                    throw new IllegalStateException(name + ": " + from + " on " + event + " twice");
                }
                renewing.add(event);
            }
            return this;
        }

        /** The event ends what is over already: it leads from final states to another final one, out of which nothing leads. */
        @SafeVarargs
        final Builder<S, E> away(E event, S to, S... froms) {
            for (S from : froms) {
                if (!finals.contains(to) || !finals.contains(from) || to == from || table.computeIfAbsent(from, f -> new EnumMap<>(event.getDeclaringClass())).put(event, to) != null) {
                    throw new IllegalStateException(name + ": " + from + " on " + event + " cannot lead to " + to);
                }
            }
            return this;
        }

        TransitionTable<S, E> build() {
            String unreached = Arrays.stream(initial.getDeclaringClass().getEnumConstants())
                    .filter(s -> s != initial && table.values().stream().noneMatch(row -> row.containsValue(s)))
                    .map(Enum::name).collect(Collectors.joining(", "));
            if (!unreached.isEmpty()) {
                throw new IllegalStateException(name + ": nothing leads to " + unreached);
            }
            return new TransitionTable<>(name, initial, finals, renewing, table);
        }
    }
}
