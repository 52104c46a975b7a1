package dev.longtake.farm.cli.operate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longtake.farm.cli.ServerOption;
import dev.longtake.farm.cli.Verb;
import dev.longtake.farm.client.FarmClient;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Who renders, who rests and why. */
@Command(name = "workers", description = "List the workers of a farm: what they are doing, and which rest after failing on what others can do.", footerHeading = Verb.EXAMPLES,
        footer = {"  longtake workers", "  longtake workers --json"})
public final class WorkersVerb extends Verb {
    private static final int DIGITS = 12;

    @Mixin
    private ServerOption server;

    @Override
    public Integer call() {
        JsonNode answer = server.call(FarmClient::workers);
        if (options().json()) {
            print(answer.toString());
            return DONE;
        }
        for (JsonNode worker : answer.path("workers")) {
            print(line(worker));
        }
        return DONE;
    }

    private static String line(JsonNode worker) {
        String bundle = worker.path("bundle").asText();
        JsonNode resting = worker.path("resting");
        List<String> running = new ArrayList<>();
        worker.path("running").forEach(r -> running.add(r.path("film").asText() + " segment " + (r.path("segment").asInt() + 1) + " step " + r.path("step") + "/" + r.path("steps")));
        return worker.path("id").asText() + "  " + worker.path("pool").asText() + "  " + worker.path("state").asText()
                + (resting.isMissingNode() ? "" : " until " + resting.path("until").asText() + ": " + resting.path("reason").asText())
                + "  " + worker.path("device").asText() + "  bundle " + bundle.substring(0, Math.min(DIGITS, bundle.length())) + (running.isEmpty() ? "" : "  " + String.join(", ", running));
    }
}
