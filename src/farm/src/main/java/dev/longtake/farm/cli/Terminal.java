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
    private static final int COLUMNS = 80;
    private static final int LINES = 24;
    private static final String CLEAR_BELOW = "\033[J";
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

    /** Overwrites the lines that are there from the cursor's on, and leaves it on the first; only on a live terminal. */
    void redraw(List<String> lines) {
        StringBuilder text = new StringBuilder("\r").append(CLEAR_BELOW);
        for (int i = 0; i < lines.size(); i++) {
            text.append(i == 0 ? "" : "\n").append(lines.get(i));
        }
        if (lines.size() > 1) {
            text.append("\r\033[").append(lines.size() - 1).append('A');
        }
        err.print(text);
        err.flush();
    }

    /** Columns and lines, as the launcher was told; 80 by 24 where nobody knows. */
    int[] size() {
        String[] told = environment.getOrDefault("LONGTAKE_SIZE", "").strip().split(" ");
        if (told.length == 2 && told[0].matches("\\d{1,4}") && told[1].matches("\\d{1,4}") && !told[0].equals("0") && !told[1].equals("0")) {
            return new int[] {Integer.parseInt(told[1]), Integer.parseInt(told[0])};
        }
        return new int[] {COLUMNS, LINES};
    }

    /** Whether it shows any colour that is asked for ({@code COLORTERM}), and its user wants colours ({@code NO_COLOR}). */
    boolean colours() {
        return live && environment.getOrDefault("NO_COLOR", "").isEmpty() && List.of("truecolor", "24bit").contains(environment.getOrDefault("COLORTERM", ""));
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
