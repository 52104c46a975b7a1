package dev.longtake.gateway.films;

import dev.longtake.contract.Lane;
import dev.longtake.film.story.Problem;
import dev.longtake.film.story.Sampling;
import dev.longtake.film.story.Scene;
import dev.longtake.film.story.StoryLimits;
import dev.longtake.film.story.StoryReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What may be said about a film beside its story. What is given here goes before what the story itself says.
 *
 * @param preset       {@code best} if absent; if it is given, its steps go before the story's
 * @param sampling     what is absent there is the story's, then the preset's or the model's; scenes that have their own keep them
 * @param sceneSeconds duration of a scene that names none
 * @param callback     URL that is told what happens to the film
 */
public record FilmOptions(Optional<Preset> preset, Optional<String> title, Optional<String> model, OptionalLong seed, Sampling sampling, double sceneSeconds, Lane lane, Optional<String> callback) {
    /** Which of the model's own numbers of steps is used. */
    public enum Preset {
        FAST,
        BEST
    }

    /** The parameters, by their names in HTTP. */
    public static final List<String> NAMES = List.of("preset", "title", "model", "seed", "steps", "guidance", "temperature", "sceneSeconds", "lane", "callback");

    /** Reads parameters; what is wrong with them is added to {@code problems}, and the default stands in. */
    public static FilmOptions read(Map<String, ? extends Collection<String>> parameters, List<Problem> problems) {
        return new Parameters(parameters, problems).options();
    }

    private static final class Parameters {
        private final Map<String, ? extends Collection<String>> given;
        private final List<Problem> problems;

        Parameters(Map<String, ? extends Collection<String>> given, List<Problem> problems) {
            this.given = given;
            this.problems = problems;
        }

        FilmOptions options() {
            for (String name : given.keySet()) {
                if (!NAMES.contains(name)) {
                    problem(printable(name), "unknown parameter", "use " + String.join(", ", NAMES));
                }
            }
            Optional<String> title = one("title");
            title.ifPresent(t -> problems.addAll(StoryReader.titleProblems(t, StoryLimits.DEFAULT)));
            OptionalDouble steps = number("steps", 1, Sampling.MAX_STEPS, true, Sampling.STEPS_RANGE);
            OptionalDouble sceneSeconds = number("sceneSeconds", Double.MIN_VALUE, StoryLimits.DEFAULT.sceneSeconds(), false, "more than 0 and at most 3600 seconds");
            Sampling sampling = new Sampling(steps.isPresent() ? OptionalInt.of((int) steps.getAsDouble()) : OptionalInt.empty(),
                    number("guidance", 0, Sampling.MAX_GUIDANCE, false, Sampling.GUIDANCE_RANGE),
                    number("temperature", Double.MIN_VALUE, Sampling.MAX_TEMPERATURE, false, Sampling.TEMPERATURE_RANGE));
            return new FilmOptions(choice("preset", Preset.class), title, one("model"), seed(), sampling, sceneSeconds.orElse(Scene.DEFAULT_SECONDS),
                    choice("lane", Lane.class).orElse(Lane.BATCH), one("callback"));
        }

        private Optional<String> one(String name) {
            Collection<String> values = given.get(name);
            if (values == null || values.isEmpty()) {
                return Optional.empty();
            }
            if (values.size() > 1) {
                problem(name, "given " + values.size() + " times", "give it once");
            }
            return Optional.of(values.iterator().next());
        }

        private OptionalLong seed() {
            Optional<String> value = one("seed");
            try {
                return value.isPresent() ? OptionalLong.of(Long.parseLong(value.get())) : OptionalLong.empty();
            } catch (NumberFormatException e) {
                problem("seed", "not a whole number of 64 bits", "give one, such as 42");
                return OptionalLong.empty();
            }
        }

        private OptionalDouble number(String name, double least, double most, boolean whole, String range) {
            Optional<String> text = one(name);
            if (text.isEmpty()) {
                return OptionalDouble.empty();
            }
            // Double.parseDouble also reads NaN, hexadecimal and a trailing "d".
            if (text.get().matches(whole ? "\\d{1,9}" : "[+-]?(\\d{1,30}(\\.\\d{0,30})?|\\.\\d{1,30})([eE][+-]?\\d{1,3})?")) {
                double value = Double.parseDouble(text.get());
                if (value >= least && value <= most) {
                    return OptionalDouble.of(value);
                }
            }
            problem(name, "not " + range, "give " + range);
            return OptionalDouble.empty();
        }

        private <E extends Enum<E>> Optional<E> choice(String name, Class<E> type) {
            Optional<String> value = one(name);
            List<String> labels = new ArrayList<>();
            for (E constant : type.getEnumConstants()) {
                String label = constant.name().toLowerCase(Locale.ROOT);
                labels.add(label);
                if (value.isPresent() && value.get().equals(label)) {
                    return Optional.of(constant);
                }
            }
            if (value.isPresent()) {
                problem(name, "no such " + name, "use " + String.join(" or ", labels));
            }
            return Optional.empty();
        }

        private void problem(String field, String message, String fix) {
            problems.add(new Problem(field, message, fix));
        }

        private static String printable(String name) {
            String clean = name.replaceAll("\\p{C}", "?");
            return clean.length() > 60 ? clean.substring(0, 60) + "…" : clean;
        }
    }
}
