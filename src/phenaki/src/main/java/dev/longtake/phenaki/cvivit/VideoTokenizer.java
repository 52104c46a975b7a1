package dev.longtake.phenaki.cvivit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.longtake.bundle.BundleManifest;
import dev.longtake.engine.Frames;
import dev.longtake.engine.Tokens;
import dev.longtake.phenaki.Archive;

/**
 * C-ViViT (Phenaki §2.1): video to discrete codes and back. The first frame is coded apart and every later pair together; causal in
 * time, so an image is a video of one frame and a prefix's codes do not depend on what follows.
 */
public final class VideoTokenizer {
    private final Archive encoder;
    private final Archive decoder;
    private final BundleManifest manifest;

    public VideoTokenizer(Archive encoder, Archive decoder, BundleManifest manifest) {
        this.encoder = encoder;
        this.decoder = decoder;
        this.manifest = manifest;
    }

    /** @param frames an odd number of frames of the bundle's size */
    public Tokens encode(Frames frames) {
        int latent = (frames.count() + 1) / 2;
        try (NDManager step = encoder.manager()) {
            NDArray bytes = step.create(java.nio.ByteBuffer.wrap(frames.rgb()), new Shape(1, frames.count(), frames.height(), frames.width(), 3), DataType.UINT8);
            NDArray video = bytes.toType(DataType.FLOAT32, false).div(255f).transpose(0, 1, 4, 2, 3);
            long[] codes = encoder.call(step, "forward", video).get(0).toLongArray();
            int positions = manifest.codes().rows() * manifest.codes().columns();
            int[] narrow = new int[codes.length];
            for (int i = 0; i < codes.length; i++) {
                narrow[i] = Math.toIntExact(codes[i]);
            }
            return new Tokens(latent, positions, manifest.codes().groups(), narrow);
        }
    }

    /** @return {@code 2·latentFrames - 1} frames, clamped to what 8 bits hold */
    public Frames decode(Tokens tokens) {
        int count = 2 * tokens.latentFrames() - 1;
        try (NDManager step = decoder.manager()) {
            long[] wide = new long[tokens.codes().length];
            for (int i = 0; i < wide.length; i++) {
                wide[i] = tokens.codes()[i];
            }
            NDArray codes = step.create(wide, new Shape(1, tokens.latentFrames(), tokens.positions(), tokens.groups()));
            NDArray video = decoder.call(step, "forward", codes).get(0);
            byte[] rgb = video.clip(0, 1).mul(255f).round().toType(DataType.UINT8, false).transpose(0, 1, 3, 4, 2).toByteArray();
            return new Frames(count, manifest.video().width(), manifest.video().height(), rgb);
        }
    }
}
