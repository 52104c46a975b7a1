package dev.longtake.farm.cli;

import dev.longtake.film.story.Vocabulary.Warning;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Where a command writes, and where it stands.
 *
 * @param live  whether progress may overwrite its own line
 * @param here  the current folder
 * @param environment of the process
 */
public record Terminal(PrintStream out, PrintStream err, boolean live, Path here, Map<String, String> environment) {
    private static final String CLEAR_LINE = "\r\033[2K";

    static Terminal system() {
        return new Terminal(System.out, System.err, isTerminal(), Path.of("").toAbsolutePath(), System.getenv());
    }

    /** The launcher knows better than Java 17 does: it says whether standard error is a terminal. */
    private static boolean isTerminal() {
        String told = System.getenv("LONGTAKE_TERMINAL");
        if (told != null) {
            return told.equals("1");
        }
        // From Java 22 on there is a console without a terminal, and a way to ask.
        java.io.Console console = System.console();
        if (console == null || Runtime.version().feature() >= 22 && !saysTerminal(console)) {
            return false;
        }
        String kind = System.getenv("TERM");
        return kind != null && !kind.equals("dumb");
    }

    private static boolean saysTerminal(java.io.Console console) {
        try {
            return (boolean) java.io.Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    /** Overwrites the line that is there; only on a live terminal. */
    void overwrite(String line) {
        err.print(CLEAR_LINE + line);
        err.flush();
    }

    /** Says what a farm warned of when it took a film in: on standard error, since standard output belongs to the result. */
    void warn(List<Warning> warnings) {
        if (live && !warnings.isEmpty()) {
            overwrite("");
        }
        warnings.forEach(w -> err.println("longtake: warning: " + w));
    }

    Path resolve(Path path) {
        return here.resolve(path).normalize();
    }
}
