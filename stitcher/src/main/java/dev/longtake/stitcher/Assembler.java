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
import dev.longtake.media.ContactSheet;
import dev.longtake.media.FilmJoiner;
import dev.longtake.media.SpriteSheet;
import dev.longtake.media.Stills;
import dev.longtake.platform.store.ObjectMissingException;
import dev.longtake.platform.store.ObjectStore;
import dev.longtake.platform.store.StoreUnavailableException;
import dev.longtake.stitcher.hls.Fragments;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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

    private final ObjectStore store;
    private final Clock clock;
    private final Scratch scratch;
    private final Fragments fragments;
    private final int contactSheetScenes;
    private final int contactSheetFrames;

    /**
     * @param scratch            where a film lies while it is being joined
     * @param fragments          are complete before a film is
     * @param contactSheetScenes scenes on the contact sheet, at most
     * @param contactSheetFrames frames of each
     */
    public Assembler(ObjectStore store, Clock clock, Path scratch, Fragments fragments, int contactSheetScenes, int contactSheetFrames) {
        this.store = store;
        this.clock = clock;
        this.fragments = fragments;
        this.scratch = new Scratch(scratch);
        this.scratch.sweep();
        this.contactSheetScenes = contactSheetScenes;
        this.contactSheetFrames = contactSheetFrames;
    }

    /** What lies beside a film: what it was made of and by what. */
    public record FilmManifest(int version, FilmRef film, String title, String model, String bundle, int width, int height, double fps, int frames, String filmDigest, long filmBytes,
                               List<Lineage.Entry> segments) {}

    /** Joins the film; whatever goes wrong becomes a report. */
    public AssemblyReport assemble(AssemblyJob job) {
        try (Scratch.Place place = scratch.take()) {
            return join(job, lineage(job), place.film());
        } catch (StoreUnavailableException e) {
            return failed(job, e.getMessage(), List.of(), true);
        } catch (ObjectMissingException | UnreadableMessageException e) {
            return failed(job, "the lineage is unusable: " + e.getMessage(), List.of(), false);
        } catch (IOException | UncheckedIOException e) {
            // The scratch disk is full or away: no film's fault.
            LOG.warn("assembly of {} failed", job.film(), e);
            return failed(job, "the stitcher cannot use its disk: " + e.getMessage(), List.of(), true);
        } catch (RuntimeException e) {
            LOG.warn("assembly of {} failed", job.film(), e);
            return failed(job, e.getMessage() == null ? e.toString() : e.getMessage(), List.of(), false);
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
        StillPlan plan = new StillPlan(lineage, contactSheetScenes, contactSheetFrames);
        ContactSheet sheet = new ContactSheet(plan.rows().size(), contactSheetFrames, lineage.width(), lineage.height());
        plan.rows().forEach(row -> sheet.caption(row.place(), row.scene() + 1, row.prompt()));
        SpriteSheet sprites = new SpriteSheet(Math.max(1, plan.spriteCount()), lineage.width(), lineage.height());
        byte[] poster = null;
        List<Integer> bad = new ArrayList<>();
        boolean alike = true;
        String reason = "";
        long frames;
        try (FilmJoiner joiner = new FilmJoiner(file, lineage.fps())) {
            for (Lineage.Entry segment : lineage.segments()) {
                try {
                    byte[] clip = clip(job.film().tenant(), segment);
                    joiner.append(clip, segment.frames());
                    // Whoever watches a finished film as fragments must be able to watch all of it, whatever became of the events that told of its clips.
                    fragments.joined(job.film(), segment.index(), clip);
                    if (plan.needs(segment.index())) {
                        Frames decoded = ClipReader.read(clip);
                        plan.cells(segment.index()).forEach(c -> sheet.frame(c.row(), c.column(), decoded, c.frame()));
                        plan.sprites(segment.index()).forEach(s -> sprites.frame(s.place(), decoded, s.frame()));
                        poster = plan.isPoster(segment.index()) ? Stills.poster(decoded, plan.posterFrame()) : poster;
                    }
                } catch (BadClipException | ObjectMissingException e) {
                    alike &= !(e instanceof BadClipException clip && clip.isUnlikeTheFirst());
                    bad.add(segment.index());
                    reason = reason.isEmpty() ? "segment " + (segment.index() + 1) + ": " + e.getMessage() : reason;
                }
            }
            if (!bad.isEmpty()) {
                // Clips of two encoders in one film, as after an upgrade: only when all are encoded again are they of one.
                List<Integer> again = alike ? bad : lineage.segments().stream().map(Lineage.Entry::index).toList();
                return failed(job, again.size() == 1 ? reason : reason + " (" + again.size() + " clips are to be encoded again)", again, false);
            }
            frames = joiner.finish();
        }
        if (frames != lineage.frames()) {
            return failed(job, "the film has " + frames + " frames, its plan says " + lineage.frames(), List.of(), false);
        }
        return publish(job, lineage, file, new Pictures(poster, sheet.png(), sprites.png()), begun);
    }

    private byte[] clip(String tenant, Lineage.Entry segment) throws ObjectMissingException, BadClipException {
        byte[] clip = store.get(ObjectKeys.clip(tenant, segment.attempt()));
        // H.264 has no checksum of its own: a flipped bit would be a flaw in the film that nobody reports.
        if (!Digests.sha256(clip).equals(segment.clipDigest())) {
            throw new BadClipException("its clip is not the one that was reported");
        }
        return clip;
    }

    /** What is seen of a film without playing it, as PNGs. */
    private record Pictures(byte[] poster, byte[] sheet, byte[] sprites) {}

    private AssemblyReport publish(AssemblyJob job, Lineage lineage, Path file, Pictures pictures, long begun) throws IOException {
        String digest = sha256(file);
        long bytes = Files.size(file);
        FilmManifest manifest = new FilmManifest(1, job.film(), lineage.title(), lineage.model(), lineage.bundle(), lineage.width(), lineage.height(), lineage.fps(), lineage.frames(),
                digest, bytes, lineage.segments());
        store.put(ObjectKeys.product(job.film(), "poster.png"), pictures.poster(), "image/png");
        store.put(ObjectKeys.product(job.film(), "contact-sheet.png"), pictures.sheet(), "image/png");
        store.put(ObjectKeys.product(job.film(), "spritesheet.png"), pictures.sprites(), "image/png");
        store.put(ObjectKeys.product(job.film(), "manifest.json"), Json.write(manifest), "application/json");
        String key = ObjectKeys.product(job.film(), "film.mp4");
        store.putFile(key, file, "video/mp4");
        return new AssemblyReport.Assembled(Message.VERSION, job.film(), job.assembly(), key, digest, bytes, lineage.frames(), (System.nanoTime() - begun) / 1e9, clock.instant());
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
