package dev.longtake.film.story;

import java.util.List;
import java.util.stream.Collectors;

/** A story that cannot be planned, with everything that is wrong with it at once. */
public final class StoryException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;
    private final boolean tooLarge;

    private StoryException(List<Problem> problems, boolean tooLarge) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
        this.tooLarge = tooLarge;
    }

    public static StoryException of(List<Problem> problems) {
        return new StoryException(problems, false);
    }

    public static StoryException of(String field, String message, String fix) {
        return of(List.of(new Problem(field, message, fix)));
    }

    /** The story as a whole is over the limit: HTTP's 413 rather than 400. */
    public static StoryException tooLarge(long limit) {
        return new StoryException(List.of(new Problem("story", "the story is over " + (limit >> 20) + " MiB", "split it into several films")), true);
    }

    public List<Problem> problems() {
        return problems;
    }

    public boolean isTooLarge() {
        return tooLarge;
    }
}
