package dev.longtake.gateway.films;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.longtake.bundle.BadBundleException;
import dev.longtake.bundle.Bundle;
import dev.longtake.bundle.BundleManifest;
import dev.longtake.film.story.Problem;
import dev.longtake.film.story.StoryException;
import dev.longtake.film.story.Vocabulary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    /**
     * A model, as far as planning needs it.
     *
     * @param bundle     the bundle's digest
     * @param card       what was measured of it ({@code card.json}), an object
     * @param vocabulary the words it was taught; empty if it does not say
     */
    public record Model(BundleManifest manifest, String bundle, JsonNode card, Vocabulary vocabulary) {
        /** A model of which nothing more is known. */
        public Model(BundleManifest manifest, String bundle) {
            this(manifest, bundle, JsonNodeFactory.instance.objectNode(), new Vocabulary(Set.of()));
        }

        public String name() {
            return manifest.name();
        }

        static Model of(Bundle bundle) throws BadBundleException {
            JsonNode card;
            try {
                card = new ObjectMapper().readTree(bundle.card());
            } catch (IOException e) {
                throw new BadBundleException("the bundle's card.json is not JSON", e);
            }
            return new Model(bundle.manifest(), bundle.digest(), card, Vocabulary.read(bundle.vocabulary().orElse("")));
        }
    }

    /** The models shipped with this build. */
    public static ModelCatalog shipped() {
        try {
            return of(Bundle.shipped());
        } catch (BadBundleException e) {
            throw new IllegalStateException("the shipped bundle is damaged: " + e.getMessage(), e);
        }
    }

    /** One bundle and nothing beside it: workers run one bundle each, and a film of another would find none. */
    public static ModelCatalog of(Bundle bundle) throws BadBundleException {
        Model model = Model.of(bundle);
        return new ModelCatalog(List.of(model), model.name());
    }

    /** @param folder of a bundle of one's own; the shipped models if absent */
    public static ModelCatalog configured(Optional<Path> folder) {
        if (folder.isEmpty()) {
            return shipped();
        }
        try {
            return of(Bundle.at(folder.get()));
        } catch (BadBundleException e) {
            throw new IllegalStateException("longtake.gateway.bundle: " + e.getMessage(), e);
        }
    }

    public List<Model> all() {
        return List.copyOf(models.values());
    }

    public boolean isDefault(Model model) {
        return model.name().equals(defaultModel);
    }

    public Model byDefault() {
        return models.get(defaultModel);
    }

    /** @return empty if no model here has this digest */
    public Optional<Model> ofBundle(String digest) {
        return models.values().stream().filter(m -> m.bundle().equals(digest)).findFirst();
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
