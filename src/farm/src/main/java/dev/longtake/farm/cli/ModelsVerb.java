package dev.longtake.farm.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longtake.farm.client.FarmClient;
import dev.longtake.gateway.films.ModelCatalog;
import dev.longtake.gateway.http.ModelsResource.ModelList;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Which models there are. */
@Command(name = "models", description = "List the models of this build or, with --server, of a running farm.")
final class ModelsVerb extends Verb {
    @Option(names = "--server", paramLabel = "URL", description = "Ask this farm.")
    private String server;

    @Override
    public Integer call() {
        JsonNode models = server == null ? new ObjectMapper().valueToTree(ModelList.of(ModelCatalog.shipped())) : ServerOption.call(server, FarmClient::models);
        if (options().json()) {
            print(models.toString());
            return DONE;
        }
        for (JsonNode model : models.path("models")) {
            print(model.path("name").asText() + (model.path("isDefault").asBoolean() ? " (default)" : "") + "  " + model.path("width") + "x" + model.path("height") + ", "
                    + Summary.number(model.path("fps").asDouble()) + " frames/s, fast " + model.path("stepsFast") + " steps, best " + model.path("steps") + " steps, bundle "
                    + model.path("bundle").asText().substring(0, 12));
        }
        return DONE;
    }
}
