package dev.longtake.farm.cli;

import dev.longtake.film.story.Problem;
import dev.longtake.film.story.StoryException;
import java.util.List;
import java.util.stream.Collectors;

/** The end of a command: one line per thing that is wrong, and an exit status. */
public final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The farm failed. */
    public static final int FARM = 1;

    /** The user must change something. */
    public static final int USER = 2;

    private final int status;

    private CliException(int status, String message, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    public static CliException user(String field, String message, String fix) {
        return new CliException(USER, field + ": " + message + "; " + fix, null);
    }

    static CliException user(String message, Throwable cause) {
        return new CliException(USER, message, cause);
    }

    static CliException user(List<Problem> problems) {
        return new CliException(USER, problems.stream().map(CliException::line).collect(Collectors.joining("\n")), null);
    }

    static CliException user(StoryException e) {
        return user(e.problems());
    }

    static CliException farm(String message, Throwable cause) {
        return new CliException(FARM, message, cause);
    }

    /** Parameters are named as on the command line: {@code sceneSeconds} is {@code --scene-seconds} there. */
    private static String line(Problem problem) {
        String field = StoryInput.OPTIONS.getOrDefault(problem.field(), problem.field());
        return field + ": " + problem.message() + "; " + problem.fix();
    }

    int status() {
        return status;
    }
}
