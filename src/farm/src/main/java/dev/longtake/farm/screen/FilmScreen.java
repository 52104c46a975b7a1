package dev.longtake.farm.screen;

import dev.longtake.farm.client.Progress;
import dev.longtake.gateway.films.FilmView;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A film as some lines of a terminal: how far it is, how fast it goes, its scenes, and the newest picture beside them. Pure. */
public final class FilmScreen {
    private static final int PICTURE = 24;
    private static final int LEAST_WIDTH_WITH_PICTURE = PICTURE + 30;

    private final Spark spark = new Spark();
    private final int columns;
    private final int lines;

    /** @param lines that it may have at most */
    public FilmScreen(int columns, int lines) {
        this.columns = Math.max(20, columns - 1);
        this.lines = Math.max(2, lines);
    }

    /** @param now seconds on a clock that only goes forward. @param picture if it may be drawn */
    public List<String> lines(FilmView film, Progress progress, SceneBars bars, Optional<BufferedImage> picture, double now) {
        Map<Integer, Double> shares = new HashMap<>();
        film.running().forEach(r -> shares.put(r.segment(), r.steps() > 0 ? Math.min(1, (double) r.step() / r.steps()) : 0));
        bars.running(shares);
        spark.look(now, Progress.done(film));
        List<String> all = new ArrayList<>();
        String head = progress.line(film);
        String speed = spark.line();
        all.add(SceneBars.cut(head + (speed.isEmpty() ? "" : "  " + speed), columns));
        Optional<List<String>> drawn = picture.filter(p -> columns >= LEAST_WIDTH_WITH_PICTURE && lines > PICTURE / 2).map(p -> HalfBlocks.of(p, PICTURE));
        int room = lines - 1;
        List<String> scenes = bars.lines(drawn.isPresent() ? columns - PICTURE - 2 : columns, drawn.map(List::size).orElse(Math.min(room, PICTURE / 2)));
        int height = Math.max(scenes.size(), drawn.map(List::size).orElse(0));
        for (int i = 0; i < height; i++) {
            String scene = i < scenes.size() ? scenes.get(i) : "";
            int row = i;
            all.add(drawn.map(d -> (row < d.size() ? d.get(row) : " ".repeat(PICTURE)) + "  ").orElse("") + scene);
        }
        return all;
    }
}
