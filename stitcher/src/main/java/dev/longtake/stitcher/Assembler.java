package dev.longtake.stitcher;

import dev.longtake.contract.AssemblyJob;
import dev.longtake.contract.AssemblyReport;
import dev.longtake.contract.Digests;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Json;
import dev.longtake.contract.Lineage;
import dev.longtake.contract.Message;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.UnreadableMessageException;
import dev.longtake.engine.Frames;
import dev.longtake.media.BadClipException;
import dev.longtake.media.ClipReader;
import dev.longtake.media.FilmJoiner;
import dev.longtake.media.Stills;
import dev.longtake.platform.store.ObjectMissingException;
import dev.longtake.platform.store.ObjectStore;
import dev.longtake.platform.store.StoreUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins a film: streams its clips through, one in memory at a time, into a file that goes to the store in parts. May run twice for the
 * same film: the same lineage gives the same bytes, and the film appears whole or not at all. What accompanies it is written before it.
 */
public final class Assembler {
    private static final Logger LOG = LoggerFactory.getLogger(Assembler.class);
    private static final int POSTER_SCALE = 4;

    private final ObjectStore store;
    private final Clock clock;
    private final Path scratch;
    private final int contactSheetScenes;
    private final int contactSheetFrames;

    public Assembler(ObjectStore store, Clock clock, Path scratch, int contactSheetScenes, int contactSheetFrames) {
        this.store = store;
        this.clock = clock;
        this.scratch = scratch;
        this.contactSheetScenes = contactSheetScenes;
        this.contactSheetFrames = contactSheetFrames;
    }

    /** What lies beside a film: what it was made of and by what. */
    public record FilmManifest(int version, FilmRef film, String title, String model, String bundle, int width, int height, double fps, int frames, String filmDigest, long filmBytes,
                               List<Lineage.Entry> segments) {}

    /** Joins the film; whatever goes wrong becomes a report. */
    public AssemblyReport assemble(AssemblyJob job) {
        Path file = null;
        try {
            Files.createDirectories(scratch);
            file = Files.createTempFile(scratch, "film", ".mp4");
            return join(job, lineage(job), file);
        } catch (StoreUnavailableException e) {
            return failed(job, e.getMessage(), List.of(), true);
        } catch (ObjectMissingException | UnreadableMessageException e) {
            return failed(job, "the lineage is unusable: " + e.getMessage(), List.of(), false);
        } catch (IOException | RuntimeException e) {
            LOG.warn("assembly of {} failed", job.film(), e);
            return failed(job, e.getMessage() == null ? e.toString() : e.getMessage(), List.of(), false);
        } finally {
            if (file != null) {
                deleteQuietly(file);
            }
        }
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("cannot delete {}: {}", file, e.toString());
        }
    }

    private Lineage lineage(AssemblyJob job) throws ObjectMissingException, UnreadableMessageException {
        byte[] bytes = store.get(job.lineageKey());
        if (!Digests.sha256(bytes).equals(job.lineageDigest())) {
            throw new UnreadableMessageException(job.lineageKey() + " is not the one the job names", null);
        }
        return Json.read(bytes, Lineage.class);
    }

    private AssemblyReport join(AssemblyJob job, Lineage lineage, Path file) throws IOException {
        long begun = System.nanoTime();
        StillPlan stills = new StillPlan(lineage, contactSheetScenes, contactSheetFrames);
        Frames[][] sheet = new Frames[stills.rowCount()][contactSheetFrames];
        byte[] poster = null;
        List<Integer> bad = new ArrayList<>();
        String reason = "";
        long frames;
        try (FilmJoiner joiner = new FilmJoiner(file, lineage.fps())) {
            for (Lineage.Entry segment : lineage.segments()) {
                try {
                    byte[] clip = clip(job.film().tenant(), segment);
                    if (bad.isEmpty()) {
                        joiner.append(clip, segment.frames());
                    }
                    if (stills.needs(segment.index())) {
                        Frames decoded = ClipReader.read(clip);
                        stills.cells(segment.index()).forEach(c -> sheet[c.row()][c.column()] = decoded.slice(c.frame(), c.frame() + 1));
                        poster = stills.isPoster(segment.index()) ? Stills.poster(decoded, stills.posterFrame(), POSTER_SCALE) : poster;
                    }
                } catch (BadClipException | ObjectMissingException e) {
                    bad.add(segment.index());
                    reason = "segment " + (segment.index() + 1) + ": " + e.getMessage();
                }
            }
            if (!bad.isEmpty()) {
                return failed(job, reason, bad, false);
            }
            frames = joiner.finish();
        }
        if (frames != lineage.frames()) {
            return failed(job, "the film has " + frames + " frames, its plan says " + lineage.frames(), List.of(), false);
        }
        return publish(job, lineage, file, sheet, poster, begun);
    }

    private byte[] clip(String tenant, Lineage.Entry segment) throws ObjectMissingException, BadClipException {
        byte[] clip = store.get(ObjectKeys.clip(tenant, segment.attempt()));
        // H.264 has no checksum of its own: a flipped bit would be a flaw in the film that nobody reports.
        if (!Digests.sha256(clip).equals(segment.clipDigest())) {
            throw new BadClipException("its clip is not the one that was reported");
        }
        return clip;
    }

    private AssemblyReport publish(AssemblyJob job, Lineage lineage, Path file, Frames[][] sheet, byte[] poster, long begun) throws IOException {
        String digest = sha256(file);
        long bytes = Files.size(file);
        FilmManifest manifest = new FilmManifest(1, job.film(), lineage.title(), lineage.model(), lineage.bundle(), lineage.width(), lineage.height(), lineage.fps(), lineage.frames(),
                digest, bytes, lineage.segments());
        store.put(ObjectKeys.product(job.film(), "poster.png"), poster, "image/png");
        store.put(ObjectKeys.product(job.film(), "contact-sheet.png"), Stills.contactSheet(rows(sheet)), "image/png");
        store.put(ObjectKeys.product(job.film(), "manifest.json"), Json.write(manifest), "application/json");
        String key = ObjectKeys.product(job.film(), "film.mp4");
        store.putFile(key, file, "video/mp4");
        return new AssemblyReport.Assembled(Message.VERSION, job.film(), job.assembly(), key, digest, bytes, lineage.frames(), (System.nanoTime() - begun) / 1e9, clock.instant());
    }

    private static List<Frames> rows(Frames[][] sheet) {
        List<Frames> rows = new ArrayList<>();
        for (Frames[] row : sheet) {
            List<Frames> cells = java.util.Arrays.stream(row).filter(java.util.Objects::nonNull).toList();
            byte[] rgb = new byte[cells.stream().mapToInt(c -> c.rgb().length).sum()];
            int at = 0;
            for (Frames cell : cells) {
                System.arraycopy(cell.rgb(), 0, rgb, at, cell.rgb().length);
                at += cell.rgb().length;
            }
            rows.add(new Frames(cells.size(), cells.get(0).width(), cells.get(0).height(), rgb));
        }
        return rows;
    }

    private static String sha256(Path file) throws IOException {
        MessageDigest sha = Digests.newSha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha)) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(sha.digest());
    }

    private AssemblyReport failed(AssemblyJob job, String reason, List<Integer> badClips, boolean outside) {
        return new AssemblyReport.Failed(Message.VERSION, job.film(), job.assembly(), reason, badClips, outside, clock.instant());
    }
}
