package dev.longtake.gateway.films;

import dev.longtake.bundle.BundleManifest;
import dev.longtake.bundle.ShippedBundle;
import dev.longtake.film.story.Problem;
import dev.longtake.film.story.StoryException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The models that films can be made with, by name. */
public final class ModelCatalog {
    private final Map<String, Model> models = new TreeMap<>();
    private final String defaultModel;

    /** @param defaultModel used when a film names none; one of the models */
    public ModelCatalog(List<Model> models, String defaultModel) {
        models.forEach(m -> this.models.put(m.name(), m));
        this.defaultModel = defaultModel;
        if (!this.models.containsKey(defaultModel)) {
            throw new IllegalArgumentException("the default model " + defaultModel + " is none of " + this.models.keySet());
        }
    }

    /** A model, as far as planning needs it. @param bundle the bundle's digest */
    public record Model(BundleManifest manifest, String bundle) {
        public String name() {
            return manifest.name();
        }

        static Model of(ShippedBundle shipped) {
            return new Model(shipped.manifest(), shipped.digest());
        }
    }

    /** The models shipped with this build. */
    public static ModelCatalog shipped() {
        try {
            ShippedBundle bundle = ShippedBundle.find(ShippedBundle.DEFAULT).orElseThrow(() -> new IllegalStateException("this build ships no bundle"));
            return new ModelCatalog(List.of(Model.of(bundle)), ShippedBundle.DEFAULT);
        } catch (dev.longtake.bundle.BadBundleException e) {
            throw new IllegalStateException("the shipped bundle is damaged: " + e.getMessage(), e);
        }
    }

    public List<Model> all() {
        return List.copyOf(models.values());
    }

    public boolean isDefault(Model model) {
        return model.name().equals(defaultModel);
    }

    /** @param name empty for the default. @throws StoryException if there is no such model */
    public Model find(Optional<String> name) throws StoryException {
        Model model = models.get(name.orElse(defaultModel));
        if (model == null) {
            throw StoryException.of(List.of(new Problem("model", "there is no such model here", "use " + String.join(" or ", models.keySet()))));
        }
        return model;
    }
}
