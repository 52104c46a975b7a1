package dev.longtake.gateway.films;

import dev.longtake.bundle.BundleManifest;
import dev.longtake.gateway.films.ModelCatalog.Model;
import java.util.List;

/** A catalogue of one model, of the shipped one's shape. */
public final class TestModels {
    private TestModels() {}

    public static ModelCatalog one() {
        BundleManifest manifest = new BundleManifest(BundleManifest.FORMAT, "phenaki", "phenaki", 1, new BundleManifest.Video(128, 128, 8, 11, 5),
                new BundleManifest.Codes(2, 1000, 1000, 8, 8, "fsq", List.of(8, 5, 5, 5)), new BundleManifest.Transformer(512, 8, 8, 384, 32),
                new BundleManifest.TextEncoder("MiniLM", "a:b:1", "m", "aa", "t", "bb", 32), new BundleManifest.Sampler(12, 8, 3.5, 0.5, 1, 3, "cosine"), List.of(),
                new BundleManifest.Golden("golden.npz", 0.05, 0.01, 4));
        return new ModelCatalog(List.of(new Model(manifest, "cafe")), "phenaki");
    }
}
