package dev.longtake.farm.cli.operate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.longtake.farm.cli.CliException;
import dev.longtake.farm.cli.ServerOption;
import dev.longtake.farm.cli.Verb;
import dev.longtake.farm.client.FarmClient.RefusedException;
import dev.longtake.farm.client.FarmClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What was parked or given up, and putting it back. */
@Command(name = "dead-letters", description = {"List what the farm could not read or has given up, newest first;",
        "or, with \"requeue\" and ids or --all, put messages back on their topics and retry the films whose work was given up."}, footerHeading = Verb.EXAMPLES,
        footer = {"  longtake dead-letters", "  longtake dead-letters --film 0911cb93245636c42d53b48b", "  longtake dead-letters requeue 0-4", "  longtake dead-letters requeue --all --yes"})
public final class DeadLettersVerb extends Verb {
    private static final String REQUEUE = "requeue";
    private static final int LARGEST_PAGE = 1_000;

    @Parameters(arity = "0..*", paramLabel = "requeue ID", description = "\"requeue\" and the letters to put back; a list if not given.")
    private List<String> words = List.of();

    @Option(names = "--film", paramLabel = "ID", description = "Only letters about this film.")
    private Optional<String> film;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "50", description = "How many to list at most, up to 1000. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Option(names = "--all", description = "With \"requeue\": every letter that was not dealt with yet (of the film, with --film).")
    private boolean all;

    @Option(names = "--yes", description = "With --all: do it; without, only say what would be done.")
    private boolean yes;

    @Option(names = "--force", description = "With \"requeue\": even what was dealt with before.")
    private boolean force;

    @Mixin
    private ServerOption server;

    @Override
    public Integer call() {
        if (limit < 1 || limit > LARGEST_PAGE) {
            throw CliException.user("--limit", "not from 1 to " + LARGEST_PAGE, "leave it out for 50");
        }
        if (words.isEmpty()) {
            if (all || yes || force) {
                throw CliException.user("--all, --yes, --force", "nothing to do with a list", "say: dead-letters requeue");
            }
            return list();
        }
        if (!words.get(0).equals(REQUEUE)) {
            throw CliException.user("ACTION", "there is no \"" + words.get(0) + "\"", "say requeue, or nothing for a list");
        }
        return requeue(new ArrayList<>(words.subList(1, words.size())));
    }

    private int list() {
        JsonNode answer = server.call(c -> c.deadLetters(film, limit));
        if (options().json()) {
            print(answer.toString());
            return DONE;
        }
        for (JsonNode letter : answer.path("letters")) {
            print(line(letter));
            print("    " + letter.path("reason").asText());
            print("    " + letter.path("extract").asText());
        }
        return DONE;
    }

    private static String line(JsonNode letter) {
        JsonNode handled = letter.path("handled");
        return letter.path("id").asText() + "  " + letter.path("at").asText() + "  " + letter.path("kind").asText() + "  " + letter.path("topic").asText()
                + "  key " + (letter.path("key").asText().isEmpty() ? "-" : letter.path("key").asText())
                + (letter.hasNonNull("film") ? "  film " + letter.path("film").asText() : "")
                + (letter.path("copies").asInt(1) > 1 ? "  parked " + letter.path("copies") + " times" : "")
                + (handled.isMissingNode() ? "" : "  " + handled.path("how").asText() + " " + handled.path("at").asText());
    }

    private int requeue(List<String> ids) {
        if (all != ids.isEmpty()) {
            throw CliException.user("ID", all ? "given beside --all" : "none given", "name letters, or say --all");
        }
        if (all) {
            for (JsonNode letter : server.call(c -> c.deadLetters(film, LARGEST_PAGE)).path("letters")) {
                if (force || letter.path("handled").isMissingNode()) {
                    ids.add(letter.path("id").asText());
                }
            }
            if (!yes) {
                throw CliException.user("--all", ids.size() + " letters would be dealt with", "say --yes to do it");
            }
        }
        ArrayNode done = new ObjectMapper().createArrayNode();
        int refused = 0;
        for (String id : ids) {
            Optional<JsonNode> letter = server.call(c -> one(c, id));
            if (letter.isEmpty()) {
                refused++;
            } else if (options().json()) {
                done.add(letter.get());
            } else {
                boolean retried = letter.get().path("handled").path("how").asText().equals("retried");
                print(id + "  " + (retried ? "its film " + letter.get().path("film").asText() + " is asked for again" : "put back on " + letter.get().path("topic").asText()));
            }
        }
        if (options().json()) {
            print(new ObjectMapper().createObjectNode().set("letters", done).toString());
        }
        return refused == 0 ? DONE : CliException.USER;
    }

    /** What is refused of one letter is said, and the others go on. */
    private Optional<JsonNode> one(FarmClient client, String id) throws java.io.IOException, RefusedException {
        try {
            return Optional.of(client.requeue(id, force));
        } catch (RefusedException e) {
            if (e.status() >= 500) {
                throw e;
            }
            terminal().err().println("longtake: " + id + ": " + e.getMessage());
            return Optional.empty();
        }
    }
}
