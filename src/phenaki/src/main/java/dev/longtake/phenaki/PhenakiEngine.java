package dev.longtake.phenaki;

import ai.djl.Device;
import dev.longtake.bundle.BadBundleException;
import dev.longtake.bundle.Bundle;
import dev.longtake.bundle.BundleManifest;
import dev.longtake.engine.BadSegmentException;
import dev.longtake.engine.EngineDescription;
import dev.longtake.engine.Frames;
import dev.longtake.engine.GeneratedSegment;
import dev.longtake.engine.SegmentEngine;
import dev.longtake.engine.SegmentRequest;
import dev.longtake.engine.SegmentRun;
import dev.longtake.engine.Tokens;
import dev.longtake.phenaki.cvivit.VideoTokenizer;
import dev.longtake.phenaki.maskgit.MaskedTransformer;
import dev.longtake.phenaki.maskgit.MaskedWindow;
import dev.longtake.phenaki.maskgit.Sampler;
import dev.longtake.phenaki.text.TextEncoder;
import dev.longtake.phenaki.text.TextStates;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Phenaki as a {@link SegmentEngine}: a window is sampled by the masked transformer under its prompt, with the tail's frames encoded
 * again and frozen as its prefix (Phenaki §2.2, "generating arbitrarily long videos"). A purely latent continuation is impossible: a
 * window's first latent frame stands for one frame, the others for two.
 */
public final class PhenakiEngine implements SegmentEngine {
    /** The revision of this sampler; part of every segment key. Raised when its results change. */
    public static final int REVISION = 1;

    private final EngineDescription description;
    private final BundleManifest manifest;
    private final List<AutoCloseable> owned;
    private final TextEncoder text;
    private final VideoTokenizer tokenizer;
    private final Sampler sampler;

    private PhenakiEngine(EngineDescription description, BundleManifest manifest, TextEncoder text, VideoTokenizer tokenizer, Sampler sampler, List<AutoCloseable> owned) {
        this.description = description;
        this.manifest = manifest;
        this.text = text;
        this.tokenizer = tokenizer;
        this.sampler = sampler;
        this.owned = owned;
    }

    /**
     * Loads a bundle and checks it against its golden vectors. The calling thread becomes the engine thread.
     *
     * @throws BadBundleException if the bundle is damaged, of another engine, or gives other results here than where it was made
     */
    public static PhenakiEngine open(Bundle bundle, PhenakiOptions options) throws BadBundleException {
        BundleManifest manifest = bundle.manifest();
        if (!"phenaki".equals(manifest.engine()) || manifest.engineRevision() != REVISION) {
            throw new BadBundleException("the bundle needs engine " + manifest.engine() + " revision " + manifest.engineRevision() + ", this is phenaki revision " + REVISION);
        }
        Torch.configure(options);
        Path folder = bundle.unpack(options.cache());
        Device device = Torch.device(options);
        boolean half = Torch.halfPrecision(options, device);
        Torch.prepareThread();
        java.util.ArrayList<AutoCloseable> owned = new java.util.ArrayList<>();
        try {
            Archive encoder = keep(owned, Archive.load(folder, "encode", device, half));
            Archive decoder = keep(owned, Archive.load(folder, "decode", device, half));
            Archive transformer = keep(owned, Archive.load(folder, "transformer", device, half));
            new GoldenCheck(manifest, half).run(folder, encoder, decoder, transformer);
            TextEncoder text = keep(owned, TextEncoder.load(manifest, folder));
            EngineDescription description = new EngineDescription(manifest.name(), bundle.digest(), REVISION, manifest.video().width(), manifest.video().height(), manifest.video().fps(),
                    manifest.video().windowFrames(), manifest.video().prefixFrames(), options.slots(), (device.isGpu() ? "cuda" : "cpu") + (half ? " bf16" : " f32"));
            return new PhenakiEngine(description, manifest, text, new VideoTokenizer(encoder, decoder, manifest),
                    new Sampler(new MaskedTransformer(transformer, manifest), manifest), List.copyOf(owned));
        } catch (BadBundleException | RuntimeException e) {
            close(owned);
            throw e;
        }
    }

    private static <T extends AutoCloseable> T keep(List<AutoCloseable> owned, T one) {
        owned.add(one);
        return one;
    }

    @Override
    public EngineDescription description() {
        return description;
    }

    @Override
    public SegmentRun begin(SegmentRequest request) throws BadSegmentException {
        if (request.prompt().isBlank()) {
            throw new BadSegmentException("the prompt is empty");
        }
        BundleManifest.Video video = manifest.video();
        Optional<Tokens> prefix = prefix(request.start());
        int newFrom = request.start() instanceof SegmentRequest.Start.Continuation ? video.prefixFrames() : 0;
        if (request.newFrames() < 1 || newFrom + request.newFrames() > video.windowFrames()) {
            throw new BadSegmentException(request.newFrames() + " new frames do not fit a window of " + video.windowFrames() + " after " + newFrom);
        }
        MaskedWindow window = new MaskedWindow((video.windowFrames() + 1) / 2, manifest.codes().rows() * manifest.codes().columns(), manifest.codes().groups(),
                manifest.codes().maskId(), prefix);
        TextStates conditional = text.encode(request.prompt());
        // The model's own unconditional state is the same text with nothing to attend to.
        TextStates unconditional = request.negative().map(text::encode).orElseGet(() -> new TextStates(conditional.states(), new boolean[conditional.mask().length]));
        return new PhenakiRun(request, window, conditional, unconditional, newFrom);
    }

    private Optional<Tokens> prefix(SegmentRequest.Start start) throws BadSegmentException {
        if (start instanceof SegmentRequest.Start.Continuation c) {
            return Optional.of(tokenizer.encode(checked(c.tail(), manifest.video().prefixFrames())));
        }
        if (start instanceof SegmentRequest.Start.Image i) {
            return Optional.of(tokenizer.encode(checked(i.frame(), 1)));
        }
        return Optional.empty();
    }

    private Frames checked(Frames frames, int count) throws BadSegmentException {
        if (frames.count() != count || frames.width() != manifest.video().width() || frames.height() != manifest.video().height()) {
            throw new BadSegmentException("the window cannot begin with " + frames + "; it needs " + count + " of " + manifest.video().width() + "x" + manifest.video().height());
        }
        return frames;
    }

    @Override
    public void step(List<? extends SegmentRun> batch) {
        sampler.step(batch.stream().map(r -> ((PhenakiRun) r).next()).toList());
        batch.forEach(r -> ((PhenakiRun) r).stepped());
    }

    @Override
    public GeneratedSegment finish(SegmentRun run) {
        PhenakiRun done = (PhenakiRun) run;
        if (!done.done()) {
            throw new IllegalStateException("only " + done.stepsTaken() + " steps taken");
        }
        Tokens tokens = done.window().tokens();
        return new GeneratedSegment(tokens, tokenizer.decode(tokens), done.newFrom(), done.request().newFrames());
    }

    @Override
    public void abandon(SegmentRun run) {
        // A run holds no native memory.
    }

    @Override
    public Frames decode(Tokens tokens) {
        return tokenizer.decode(tokens);
    }

    @Override
    public void close() {
        close(owned);
    }

    private static void close(List<AutoCloseable> all) {
        for (int i = all.size() - 1; i >= 0; i--) {
            try {
                all.get(i).close();
            } catch (Exception e) {
                throw new IllegalStateException("cannot close " + all.get(i), e);
            }
        }
    }
}
