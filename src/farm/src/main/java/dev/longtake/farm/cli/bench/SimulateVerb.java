package dev.longtake.farm.cli.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longtake.bench.simulator.Campaign;
import dev.longtake.bench.simulator.Outcome;
import dev.longtake.bench.simulator.Settings;
import dev.longtake.bench.simulator.Shrinker;
import dev.longtake.bench.simulator.audit.Audits;
import dev.longtake.bench.simulator.audit.Violation;
import dev.longtake.bench.simulator.faults.Fault;
import dev.longtake.farm.cli.CliException;
import dev.longtake.farm.cli.Verb;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lets simulated farms go wrong, and looks whether anything was lost. */
@Command(name = "simulate", description = "Run the scheduler in simulated farms in which everything goes wrong, and audit them.", footerHeading = Verb.EXAMPLES,
        footer = {"  longtake simulate --seeds 500", "  longtake simulate --seeds 1 --first 4711 --faults worker-zombie,redis-wiped"})
public final class SimulateVerb extends Verb {
    private static final int LAST_LINES = 200;

    @Option(names = "--seeds", paramLabel = "N", required = true, description = "How many runs.")
    private long seeds;

    @Option(names = "--first", paramLabel = "S", defaultValue = "1", description = "Seed of the first run; each later one has the next. Default: ${DEFAULT-VALUE}.")
    private long first;

    @Option(names = "--workers", paramLabel = "W", description = "Workers in each run; drawn from its seed if not given.")
    private Optional<Integer> workers;

    @Option(names = "--films", paramLabel = "F", description = "Films in each run to begin with; drawn from its seed if not given.")
    private Optional<Integer> films;

    @Option(names = "--faults", paramLabel = "LIST", split = ",", description = "What may go wrong, separated by commas; everything if not given, nothing if \"none\".")
    private List<String> faults;

    @Override
    public Integer call() {
        Settings settings = new Settings(first, count("--workers", workers), count("--films", films), faults());
        if (seeds < 1) {
            throw CliException.user("--seeds", "not above 0", "give the number of runs");
        }
        Campaign.Result result = Campaign.run(settings, seeds);
        if (options().json()) {
            print(json(result));
        } else {
            say(result);
        }
        result.bad().stream().findFirst().ifPresent(bad -> explain(bad, result.bad().size()));
        if (!result.missed().isEmpty()) {
            terminal().err().println("longtake: never struck: " + result.missed().stream().sorted().map(Fault::label).collect(Collectors.joining(", ")));
        }
        return result.violations() == 0 && result.missed().isEmpty() ? DONE : CliException.FARM;
    }

    private static OptionalInt count(String option, Optional<Integer> given) {
        if (given.filter(n -> n < 1).isPresent()) {
            throw CliException.user(option, "not above 0", "give how many there are, or leave it out");
        }
        return given.map(OptionalInt::of).orElse(OptionalInt.empty());
    }

    private Set<Fault> faults() {
        if (faults == null) {
            return Fault.all();
        }
        Set<Fault> named = EnumSet.noneOf(Fault.class);
        for (String label : faults.equals(List.of("none")) ? List.<String>of() : faults) {
            named.add(Fault.of(label.strip()).orElseThrow(() -> CliException.user("--faults", "there is no fault \"" + label.strip() + "\"", "name some of: " + Fault.labels())));
        }
        return named;
    }

    private static String json(Campaign.Result result) {
        ObjectNode line = new ObjectMapper().createObjectNode();
        line.put("seeds", result.seeds()).put("first", result.first()).put("events", result.events());
        ObjectNode counts = line.putObject("faults");
        result.faults().entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(e -> counts.put(e.getKey().label(), e.getValue()));
        line.put("violations", result.violations());
        return line.toString();
    }

    private void say(Campaign.Result result) {
        print(result.seeds() + " runs from seed " + result.first() + ", " + result.events() + " events, films " + result.ends());
        print("audits: " + String.join(", ", Audits.names()));
        result.faults().entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(e -> print("%9d  %s".formatted(e.getValue(), e.getKey().label())));
        print(result.violations() + " violations");
    }

    /** The first seed that went wrong, and the shortest way there that was found. */
    private void explain(Outcome bad, int runs) {
        terminal().err().println("longtake: " + runs + " runs went wrong, the first of seed " + bad.settings().seed() + ":");
        bad.violations().stream().limit(5).map(Violation::toString).forEach(terminal().err()::println);
        Shrinker.Shrunk shrunk = Shrinker.shrink(bad);
        Settings small = shrunk.outcome().settings();
        String names = small.faults().stream().sorted().map(Fault::label).collect(Collectors.joining(","));
        terminal().err().println("longtake: the shortest run found: simulate --seeds 1 --first " + small.seed() + (small.films().isPresent() ? " --films " + small.films().getAsInt() : "")
                + (small.workers().isPresent() ? " --workers " + small.workers().getAsInt() : "") + " --faults " + (names.isEmpty() ? "none" : names));
        List<String> trace = shrunk.trace();
        trace.subList(Math.max(0, trace.size() - LAST_LINES), trace.size()).forEach(terminal().err()::println);
        shrunk.outcome().violations().stream().limit(5).map(Violation::toString).forEach(terminal().err()::println);
    }
}
