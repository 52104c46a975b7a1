package dev.longtake.bundle;

import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** A bundle and where its files come from: the class path (the shipped one) or a folder. */
public final class Bundle {
    private static final String CARD = "card.json";
    private static final String VOCABULARY = "vocabulary.txt";
    private static final int LARGEST_SMALL_FILE = 4 << 20;

    private final BundleManifest manifest;
    private final byte[] manifestBytes;
    private final BundleParts.Source source;

    private Bundle(byte[] manifestBytes, BundleParts.Source source) throws BadBundleException {
        this.manifestBytes = manifestBytes;
        this.manifest = BundleManifest.read(manifestBytes);
        this.source = source;
        check();
    }

    private void check() throws BadBundleException {
        BundleManifest.Video video = manifest.video();
        BundleManifest.Codes codes = manifest.codes();
        require(video.windowFrames() % 2 == 1 && video.prefixFrames() % 2 == 1 && video.prefixFrames() >= 1 && video.windowFrames() > video.prefixFrames(),
                "window_frames and prefix_frames must be odd, the window the longer one");
        require(codes.groups() >= 1 && codes.vocabulary() >= 2 && codes.vocabulary() <= 65_535 && codes.rows() >= 1 && codes.columns() >= 1, "codes are out of range");
        require(codes.maskId() == codes.vocabulary(), "mask_id must be the first id after the vocabulary");
        require(manifest.transformer().textTokens() == manifest.textEncoder().maxTokens(), "text_tokens and max_tokens differ");
        require("cosine".equals(manifest.sampler().schedule()), "schedule is \"" + manifest.sampler().schedule() + "\", the engine knows \"cosine\"");
        for (BundleManifest.FileEntry file : manifest.files()) {
            // A name becomes a path in the cache.
            require(file.name().matches("[A-Za-z0-9][A-Za-z0-9._-]*") && file.parts() >= 1, "name or parts of file \"" + file.name() + "\"");
        }
    }

    private static void require(boolean holds, String problem) throws BadBundleException {
        if (!holds) {
            throw new BadBundleException("the bundle's manifest is wrong: " + problem);
        }
    }

    /** The bundle that travels with the application. */
    public static Bundle shipped() throws BadBundleException {
        return from(name -> Bundle.class.getResourceAsStream("/dev/longtake/bundle/" + ShippedBundle.DEFAULT + "/" + name), "the shipped bundle");
    }

    /**
     * A bundle in a folder of one's own, laid out as the shipped one.
     *
     * @throws BadBundleException if there is no such folder, or its manifest cannot be used
     */
    public static Bundle at(Path folder) throws BadBundleException {
        if (!Files.isDirectory(folder)) {
            throw new BadBundleException(folder + (Files.exists(folder) ? " is no folder" : " is not there"));
        }
        return from(name -> Files.exists(folder.resolve(name)) ? Files.newInputStream(folder.resolve(name)) : null, folder.toString());
    }

    private static Bundle from(BundleParts.Source source, String where) throws BadBundleException {
        try (InputStream in = source.open(ShippedBundle.MANIFEST)) {
            if (in == null) {
                throw new BadBundleException(where + " has no " + ShippedBundle.MANIFEST);
            }
            return new Bundle(in.readAllBytes(), source);
        } catch (IOException e) {
            throw new BadBundleException("cannot read " + where + ": " + e.getMessage(), e);
        }
    }

    public BundleManifest manifest() {
        return manifest;
    }

    public String digest() {
        return BundleManifest.digest(manifestBytes);
    }

    /** The card's figures, JSON; empty object if it has none. */
    public byte[] card() throws BadBundleException {
        return small(CARD).orElse(new byte[] {'{', '}'});
    }

    /** The words of the training captions, one a line; empty if the bundle does not say. */
    public Optional<String> vocabulary() throws BadBundleException {
        return small(VOCABULARY).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    /** One of the small files, verified; empty if the manifest does not name it, because then nothing vouches for it. */
    private Optional<byte[]> small(String name) throws BadBundleException {
        Optional<BundleManifest.FileEntry> entry = manifest.files().stream().filter(f -> f.name().equals(name)).findFirst();
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        if (entry.get().bytes() > LARGEST_SMALL_FILE) {
            throw new BadBundleException("the bundle's " + name + " is over " + LARGEST_SMALL_FILE + " bytes");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        copy(entry.get(), out);
        return Optional.of(out.toByteArray());
    }

    /**
     * Reads every file once.
     *
     * @throws BadBundleException naming the file that is missing, or whose size or digest differs
     */
    public void verify() throws BadBundleException {
        for (BundleManifest.FileEntry file : manifest.files()) {
            copy(file, OutputStream.nullOutputStream());
        }
    }

    /**
     * Lays the bundle's files out under {@code cache/<digest>/}, joined, widened and verified; what is there already is verified too and
     * kept. Safe for several processes at once.
     *
     * @return the folder
     * @throws BadBundleException naming the file that is missing, or whose size or digest differs
     */
    public Path unpack(Path cache) throws BadBundleException {
        Path folder = cache.resolve(digest());
        try {
            Files.createDirectories(folder);
            try (FileChannel channel = FileChannel.open(folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE); FileLock lock = channel.lock()) {
                for (BundleManifest.FileEntry file : manifest.files()) {
                    Path target = folder.resolve(file.name());
                    if (!lock.isValid() || !Files.exists(target) || !sameDigest(target, file)) {
                        write(file, target);
                    }
                }
            }
            return folder;
        } catch (IOException e) {
            throw new BadBundleException("cannot unpack the bundle to " + folder + ": " + e.getMessage(), e);
        }
    }

    private static boolean sameDigest(Path target, BundleManifest.FileEntry file) throws IOException {
        try (InputStream in = Files.newInputStream(target)) {
            return Files.size(target) == file.bytes() && digestOf(in, OutputStream.nullOutputStream()).equals(file.sha256());
        }
    }

    private void write(BundleManifest.FileEntry file, Path target) throws IOException, BadBundleException {
        Path part = target.resolveSibling(file.name() + ".part");
        try (OutputStream out = Files.newOutputStream(part)) {
            copy(file, out);
        } catch (BadBundleException e) {
            Files.deleteIfExists(part);
            throw e;
        }
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Copies a file's own bytes, and refuses them afterwards if they are not what the manifest says. */
    private void copy(BundleManifest.FileEntry file, OutputStream out) throws BadBundleException {
        Counted counted = new Counted(out, file.bytes());
        String digest;
        try (InputStream in = BundleParts.open(source, file)) {
            digest = digestOf(in, counted);
        } catch (FileNotFoundException e) {
            throw new BadBundleException(e.getMessage(), e);
        } catch (IOException e) {
            throw new BadBundleException("the bundle's " + file.name() + " is damaged, or cannot be unpacked: " + e.getMessage(), e);
        }
        if (counted.bytes != file.bytes() || !digest.equals(file.sha256())) {
            throw new BadBundleException("the bundle's " + file.name() + " is damaged: it has " + counted.bytes + " bytes, SHA-256 " + digest + ", the manifest says " + file.bytes() + " bytes, "
                    + file.sha256());
        }
    }

    /** Ends at one byte more than is expected: a file that unpacks to more must not fill memory or disk first. */
    private static final class Counted extends OutputStream {
        private final OutputStream out;
        private final long most;
        private long bytes;

        Counted(OutputStream out, long most) {
            this.out = out;
            this.most = most;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] b, int off, int len) throws IOException {
            bytes += len;
            if (bytes > most) {
                throw new IOException("it has more than the " + most + " bytes that the manifest says");
            }
            out.write(b, off, len);
        }
    }

    private static String digestOf(InputStream in, OutputStream out) throws IOException {
        MessageDigest sha = sha256();
        new DigestInputStream(in, sha).transferTo(out);
        return HexFormat.of().formatHex(sha.digest());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
