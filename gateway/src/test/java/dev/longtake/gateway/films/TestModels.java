package dev.longtake.gateway.films;

import dev.longtake.bundle.BundleManifest;
import dev.longtake.film.story.Vocabulary;
import dev.longtake.gateway.films.ModelCatalog.Model;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;

/** A catalogue of one model, of the shipped one's shape. */
public final class TestModels {
    private TestModels() {}

    /** The same model, with a list of the words it was taught. */
    public static ModelCatalog taught(String... words) {
        Model model = one().byDefault();
        return new ModelCatalog(List.of(new Model(model.manifest(), model.bundle(), model.card(), new Vocabulary(Set.of(words)))), model.name());
    }

    /** A picture: red above, blue below. */
    public static byte[] png(int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, i < width * height / 2 ? 0xff0000 : 0x0000ff);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }

    public static ModelCatalog one() {
        BundleManifest manifest = new BundleManifest(BundleManifest.FORMAT, "phenaki", "phenaki", 1, new BundleManifest.Video(128, 128, 8, 11, 5),
                new BundleManifest.Codes(2, 1000, 1000, 8, 8, "fsq", List.of(8, 5, 5, 5)), new BundleManifest.Transformer(512, 8, 8, 384, 32),
                new BundleManifest.TextEncoder("MiniLM", "a:b:1", "m", "aa", "t", "bb", 32), new BundleManifest.Sampler(12, 8, 3.5, 0.5, 1, 3, "cosine"), List.of(),
                new BundleManifest.Golden("golden.npz", 0.05, 0.01, 4));
        return new ModelCatalog(List.of(new Model(manifest, "cafe")), "phenaki");
    }
}
