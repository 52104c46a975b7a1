package dev.longtake.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * A bundle on the class path, in the folder {@code dev/longtake/bundle/<name>}. Large files lie there in parts, archives compressed.
 *
 * @param digest the bundle's digest
 */
public record ShippedBundle(BundleManifest manifest, byte[] manifestBytes, String digest) {
    /** The model used when none is named. */
    public static final String DEFAULT = "phenaki";

    public static final String MANIFEST = "manifest.json";

    /** @return empty if this build ships no bundle of that name. @throws BadBundleException if its manifest cannot be read */
    public static Optional<ShippedBundle> find(String name) throws BadBundleException {
        try (InputStream in = resource(name, MANIFEST)) {
            if (in == null) {
                return Optional.empty();
            }
            byte[] bytes = in.readAllBytes();
            return Optional.of(new ShippedBundle(BundleManifest.read(bytes), bytes, BundleManifest.digest(bytes)));
        } catch (IOException e) {
            throw new BadBundleException("the manifest of bundle " + name + " cannot be read", e);
        }
    }

    /** One of the bundle's files, its parts joined; to be closed. Not verified: whoever stores it checks size and digest. */
    public InputStream open(BundleManifest.FileEntry file) throws IOException {
        return BundleParts.open(part -> resource(manifest.name(), part), file);
    }

    private static InputStream resource(String name, String file) {
        return ShippedBundle.class.getClassLoader().getResourceAsStream("dev/longtake/bundle/" + name + "/" + file);
    }
}
