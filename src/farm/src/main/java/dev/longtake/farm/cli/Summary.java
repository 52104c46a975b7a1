package dev.longtake.farm.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longtake.film.story.Vocabulary.Warning;
import dev.longtake.gateway.films.FilmView;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What a render came to. */
public final class Summary {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Summary() {}

    /** One line of JSON for whoever drives the command line by program. @param film path of the film */
    record Line(String film, String id, int frames, double fps, int width, int height, int scenes, int segments, int reused, Seconds seconds,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Warning> warnings) {}

    /** @param total of the whole command, the start of the farm included */
    record Seconds(double generate, double encode, @JsonProperty("wait") double waiting, double total) {}

    static String json(FilmView film, Path saved, double total) {
        FilmView.Seconds s = film.seconds();
        return write(new Line(saved.toString(), film.id(), film.frames(), film.fps(), film.width(), film.height(), film.scenes(), film.segments(), film.reused(),
                new Seconds(round(s.generating()), round(s.encoding()), round(s.waiting()), round(total)), film.warnings().orElse(List.of())));
    }

    static String text(FilmView film, Path saved, double total) {
        FilmView.Seconds s = film.seconds();
        FilmView.Objects o = film.objects();
        return String.format(Locale.ROOT, """
                film      %s
                duration  %.3f s (%d frames, %dx%d, %s frames/s)
                scenes    %d in %d segments, %d of them reused
                seconds   %.1f generating, %.1f encoding, %.1f waiting, %.1f in all
                id        %s
                objects   %s
                          %s
                          %s
                          %s""", saved, film.duration(), film.frames(), film.width(), film.height(), number(film.fps()), film.scenes(), film.segments(), film.reused(),
                s.generating(), s.encoding(), s.waiting(), total, film.id(), o.film().orElse("-"), o.poster().orElse("-"), o.contactSheet().orElse("-"), o.manifest().orElse("-"));
    }

    public static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("records of numbers and text are always writable", e);
        }
    }

    static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private static double round(double seconds) {
        return Math.round(seconds * 1000) / 1000.0;
    }
}
