package dev.longtake.farm.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longtake.farm.client.FarmClient;
import dev.longtake.farm.client.ModelTable;
import dev.longtake.gateway.http.ModelsResource.ModelList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which models there are, and what was measured of them. */
@Command(name = "models", description = "Show the models of this build or, with --server, of a running farm, with the figures of their cards.", footerHeading = Verb.EXAMPLES,
        footer = {"  longtake models", "  longtake models --json --server http://127.0.0.1:8080"})
final class ModelsVerb extends Verb {
    @Option(names = "--server", paramLabel = "URL", description = "Ask this farm.")
    private String server;

    @Mixin
    private ModelOption model;

    /** A line of the list in JSON. @param digest of the bundle. @param card what was measured of it */
    record Listed(String name, String digest, JsonNode card) {}

    @Override
    public Integer call() {
        model.notWith(server);
        JsonNode answer = server != null ? ServerOption.call(server, FarmClient::models) : new ObjectMapper().valueToTree(ModelList.of(ModelOption.catalog(model.folder(terminal()))));
        List<JsonNode> models = new ArrayList<>();
        answer.path("models").forEach(models::add);
        models.sort(Comparator.comparing((JsonNode m) -> !m.path("isDefault").asBoolean()));
        print(options().json() ? Summary.write(models.stream().map(m -> new Listed(m.path("name").asText(), m.path("bundle").asText(), m.path("card"))).toList()) : ModelTable.of(models));
        return DONE;
    }
}
