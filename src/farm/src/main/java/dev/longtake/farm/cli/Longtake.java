package dev.longtake.farm.cli;

import dev.longtake.farm.app.Shutdown;
import dev.longtake.farm.cli.bench.BenchVerb;
import dev.longtake.farm.cli.bench.SimulateVerb;
import dev.longtake.farm.cli.keys.KeysVerb;
import dev.longtake.farm.cli.operate.DeadLettersVerb;
import dev.longtake.farm.cli.operate.WorkersVerb;
import dev.longtake.gateway.access.AccessPolicy;
import dev.longtake.servers.DirectoryInUseException;
import dev.longtake.servers.PortInUseException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/**
 * {@code longtake}. Exit status: 0 done; 2 the user must change something; 1 the farm failed. Quarkus is started only by the verbs that
 * run services, and by those only after what the user gave has been found good.
 */
@Command(name = "longtake", mixinStandardHelpOptions = true, versionProvider = Longtake.Version.class, sortOptions = false,
        description = "A story goes in, a film comes out.",
        subcommands = {RenderVerb.class, UpVerb.class, SubmitVerb.class, ReviseVerb.class, StatusVerb.class, WatchVerb.class, OpenVerb.class, FetchVerb.class, CancelVerb.class, WorkersVerb.class, DeadLettersVerb.class, ModelsVerb.class,
             KeysVerb.class, ServeVerb.class, SimulateVerb.class, BenchVerb.class, CompletionVerb.class})
final class Longtake implements Runnable {
    private final Terminal terminal;
    private final Shutdown shutdown;

    Longtake(Terminal terminal, Shutdown shutdown) {
        this.terminal = terminal;
        this.shutdown = shutdown;
    }

    /** Runs one command line. @return the exit status */
    int run(String... arguments) {
        CommandLine line = new CommandLine(this);
        line.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(terminal.live() ? CommandLine.Help.Ansi.AUTO : CommandLine.Help.Ansi.OFF));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler(this::misused);
        line.setExecutionExceptionHandler((e, command, parsed) -> failed(e, debug(command)));
        return line.execute(arguments);
    }

    private int misused(ParameterException e, String[] arguments) {
        String verb = e.getCommandLine().getCommandSpec().qualifiedName();
        terminal.err().println("longtake: " + firstLine(e.getMessage()) + "; see: " + verb + " --help");
        return CliException.USER;
    }

    private static boolean debug(CommandLine command) {
        return command.getCommandSpec().userObject() instanceof Verb verb && verb.options().debug();
    }

    private int failed(Exception e, boolean debug) {
        if (terminal.live()) {
            terminal.overwrite("");
        }
        if (debug) {
            e.printStackTrace(terminal.err());
        }
        if (shutdown.begun()) {
            return CliException.FARM;
        }
        if (e instanceof CliException known) {
            known.getMessage().lines().forEach(l -> terminal.err().println("longtake: " + l));
            return known.status();
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof AccessPolicy.UnsafeException unsafe) {
                terminal.err().println("longtake: " + unsafe.getMessage());
                return CliException.USER;
            }
        }
        if (e instanceof PortInUseException port) {
            terminal.err().println("longtake: --port: " + port.getMessage() + "; choose another, or 0 for a free one");
            return CliException.USER;
        }
        if (e instanceof DirectoryInUseException directory) {
            terminal.err().println("longtake: --data: " + directory.getMessage() + "; use another, stop that farm, or speak to it with --server");
            return CliException.USER;
        }
        terminal.err().println("longtake: the farm failed: " + describe(e) + (debug ? "" : "; say --debug for more"));
        return CliException.FARM;
    }

    private static String describe(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : firstLine(e.getMessage());
    }

    private static String firstLine(String text) {
        return text == null ? "" : text.lines().findFirst().orElse("");
    }

    Terminal terminal() {
        return terminal;
    }

    Shutdown shutdown() {
        return shutdown;
    }

    @Override
    public void run() {
        throw CliException.user("VERB", "none given", "see: longtake --help");
    }

    /** The version of this build. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"longtake " + text()};
        }

        static String text() {
            return Optional.ofNullable(Longtake.class.getPackage().getImplementationVersion()).orElse("development");
        }
    }
}
