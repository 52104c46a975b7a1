package dev.longtake.bundle;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** How a bundle's files travel: in parts of at most 16 MiB, archives compressed ({@code name.gz}). */
final class BundleParts {
    static final int LARGEST = 16 << 20;
    static final String COMPRESSED = ".gz";

    private BundleParts() {}

    /** Where parts come from. */
    @FunctionalInterface
    interface Source {
        /** The named part, or null if there is none. */
        InputStream open(String name) throws IOException;
    }

    static String name(String stored, int part, int parts) {
        return parts == 1 ? stored : stored + ".part" + part;
    }

    /** A file's own bytes: parts joined, widened if they travel compressed. To be closed. */
    static InputStream open(Source source, BundleManifest.FileEntry file) throws IOException {
        String stored = file.name() + COMPRESSED;
        InputStream first = source.open(name(stored, 0, file.parts()));
        boolean compressed = first != null;
        if (!compressed) {
            stored = file.name();
            first = source.open(name(stored, 0, file.parts()));
        }
        List<InputStream> parts = new ArrayList<>();
        for (int i = 0; i < file.parts(); i++) {
            InputStream part = i == 0 ? first : source.open(name(stored, i, file.parts()));
            if (part == null) {
                for (InputStream opened : parts) {
                    opened.close();
                }
                throw new FileNotFoundException("the bundle lacks " + name(stored, i, file.parts()));
            }
            parts.add(part);
        }
        InputStream joined = new SequenceInputStream(Collections.enumeration(parts));
        return compressed ? new GZIPInputStream(joined, 1 << 16) : joined;
    }
}
