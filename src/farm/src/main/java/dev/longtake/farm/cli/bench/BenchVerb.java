package dev.longtake.farm.cli.bench;

import dev.longtake.bench.figures.Figure;
import dev.longtake.bench.figures.Machine;
import dev.longtake.bench.gateway.GatewayBench;
import dev.longtake.farm.app.JavaCommand;
import dev.longtake.farm.cli.CliException;
import dev.longtake.farm.cli.Verb;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures parts of the farm, each beside its floor. */
@Command(name = "bench", description = "Measure how fast a part of the farm is on this machine; nothing else should run meanwhile.", footerHeading = Verb.EXAMPLES,
        footer = {"  longtake bench gateway", "  longtake bench gateway --json"})
public final class BenchVerb extends Verb {
    /** What can be measured. */
    enum Subject {
        gateway
    }

    @Parameters(paramLabel = "WHAT", description = "${COMPLETION-CANDIDATES}.")
    private Subject subject;

    @Option(names = "--gateways", paramLabel = "N", defaultValue = "2", description = "Gateway processes. Default: ${DEFAULT-VALUE}.")
    private int gateways;

    @Option(names = "--connections", paramLabel = "N", defaultValue = "16", description = "Connections of the load. Default: ${DEFAULT-VALUE}.")
    private int connections;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Rounds of each measurement. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "5", description = "How long a round takes; warming up takes three times as long. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Override
    public Integer call() throws IOException, InterruptedException {
        positive("--gateways", gateways);
        positive("--connections", connections);
        positive("--rounds", rounds);
        positive("--seconds", seconds);
        Duration round = Duration.ofSeconds(seconds);
        GatewayBench.Settings settings = new GatewayBench.Settings(gateways, connections, rounds, round, round.multipliedBy(3));
        List<String> machine = Machine.describe();
        GatewayBench bench = shutdown().add(new GatewayBench(settings, Files.createTempDirectory("longtake-bench"), JavaCommand::of, line -> terminal().err().println("longtake: " + line)));
        List<Figure> figures = bench.run();
        if (options().json()) {
            print(Figure.json(figures));
        } else {
            machine.forEach(this::print);
            print("longtake: " + version());
            GatewayBench.describe(settings).forEach(this::print);
            print("");
            print("%-40s %10s %-4s %8s %10s".formatted("", "median", "", "spread", "to floor"));
            figures.forEach(f -> print(line(f)));
        }
        return DONE;
    }

    private static void positive(String option, int given) {
        if (given < 1) {
            throw CliException.user(option, "not above 0", "give how many, or leave it out");
        }
    }

    private static String line(Figure f) {
        return String.format(Locale.ROOT, "%-40s %10.1f %-4s %7.0f%% %10s", f.name(), f.value(), f.unit(), f.spread() * 100,
                f.ratioToFloor() == null ? "" : String.format(Locale.ROOT, "%.2f", f.ratioToFloor()));
    }
}
