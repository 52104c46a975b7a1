package dev.longtake.farm.client;

import dev.longtake.gateway.films.FilmView;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** How far a film is and how fast it goes, from one look at it after another. Pure. */
public final class Progress {
    private Optional<Look> first = Optional.empty();
    private Look last = new Look(0, 0);

    private record Look(double seconds, double done) {}

    /** @param now seconds on a clock that only goes forward */
    public void look(FilmView film, double now) {
        last = new Look(now, done(film));
        // The clock runs from the first look at a film in work: waiting for the model to load says nothing about speed.
        if (first.isEmpty() && film.state().equals("rendering") && !film.running().isEmpty()) {
            first = Optional.of(last);
        }
    }

    /** Segments done, those in work by their share of steps. */
    public static double done(FilmView film) {
        return film.accepted() + film.running().stream().mapToDouble(r -> r.steps() > 0 ? Math.min(1, (double) r.step() / r.steps()) : 0).sum();
    }

    /** New frames per second since rendering began; empty while that cannot be said. */
    public Optional<Double> framesPerSecond(FilmView film) {
        return first.filter(f -> last.seconds() - f.seconds() >= 1 && last.done() > f.done() && film.segments() > 0)
                .map(f -> (last.done() - f.done()) / (last.seconds() - f.seconds()) * film.frames() / film.segments());
    }

    /** Time left at that speed. */
    public Optional<Duration> left(FilmView film) {
        return framesPerSecond(film).map(fps -> Duration.ofSeconds(Math.round(Math.max(0, film.segments() - last.done()) / film.segments() * film.frames() / fps)));
    }

    /** One line without control codes. */
    public String line(FilmView film) {
        StringBuilder line = new StringBuilder(film.state());
        film.reason().ifPresent(r -> line.append(" (").append(r).append(')'));
        if (film.state().equals("rendering")) {
            film.scene().ifPresent(s -> line.append(" scene ").append(s + 1).append('/').append(film.scenes()));
        }
        line.append(", ").append(film.accepted()).append('/').append(film.segments()).append(" segments");
        framesPerSecond(film).ifPresent(fps -> line.append(", ").append(String.format(Locale.ROOT, "%.1f", fps)).append(" frames/s"));
        left(film).filter(d -> !FilmView.isFinal(film.state())).ifPresent(d -> line.append(", ").append(readable(d)).append(" left"));
        return line.toString();
    }

    public static String readable(Duration d) {
        long s = Math.max(0, d.toSeconds());
        if (s >= 3600) {
            return s / 3600 + " h " + s % 3600 / 60 + " min";
        }
        return s >= 60 ? s / 60 + " min " + s % 60 + " s" : s + " s";
    }
}
