package dev.longtake.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longtake.bundle.BundleManifest;
import dev.longtake.gateway.films.ModelCatalog;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;

/** The models that films can be made with. */
@Path("/v1/models")
@Produces(MediaType.APPLICATION_JSON)
@Singleton
public class ModelsResource {
    private final ModelCatalog models;

    @Inject
    public ModelsResource(ModelCatalog models) {
        this.models = models;
    }

    /** @param bundle the bundle's digest. @param stepsFast of the preset {@code fast}. @param steps of the preset {@code best}. @param card what was measured of it */
    public record ModelView(String name, String bundle, boolean isDefault, int width, int height, double fps, int windowFrames, int prefixFrames, int stepsFast, int steps,
                            double guidance, double temperature, JsonNode card) {}

    /** Models, by name. */
    public record ModelList(List<ModelView> models) {
        public static ModelList of(ModelCatalog catalog) {
            return new ModelList(catalog.all().stream().map(m -> view(m, catalog.isDefault(m))).toList());
        }
    }

    @GET
    public ModelList list() {
        return ModelList.of(models);
    }

    private static ModelView view(ModelCatalog.Model model, boolean isDefault) {
        BundleManifest.Video video = model.manifest().video();
        BundleManifest.Sampler sampler = model.manifest().sampler();
        return new ModelView(model.name(), model.bundle(), isDefault, video.width(), video.height(), video.fps(), video.windowFrames(), video.prefixFrames(), sampler.stepsFast(),
                sampler.steps(), sampler.guidance(), sampler.temperature(), model.card());
    }
}
