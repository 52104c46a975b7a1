package dev.longtake.phenaki;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.longtake.bundle.BadBundleException;
import dev.longtake.bundle.BundleManifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Runs a bundle's golden inputs through the loaded archives: a bundle that does not give the golden outputs here is refused. */
final class GoldenCheck {
    /** How much further from the golden outputs bfloat16 may be than float32: 8 bits of mantissa, through all layers. */
    private static final double HALF_LOGITS = 1.0;
    private static final double HALF_PIXELS = 0.1;
    private static final double HALF_CODES = 0.05;

    private final BundleManifest manifest;
    private final boolean half;

    GoldenCheck(BundleManifest manifest, boolean half) {
        this.manifest = manifest;
        this.half = half;
    }

    void run(Path folder, Archive encoder, Archive decoder, Archive transformer) throws BadBundleException {
        try (NDManager step = encoder.manager(); InputStream in = Files.newInputStream(folder.resolve(manifest.golden().file()))) {
            Map<String, NDArray> golden = new HashMap<>();
            NDList.decode(step, in).forEach(a -> golden.put(a.getName(), a));
            NDArray video = golden.get("video_u8").toType(DataType.FLOAT32, false).div(255f);
            codes("codes11", encoder.call(step, "forward", video).get(0), golden.get("codes11"));
            codes("codes5", encoder.call(step, "forward", video.get(":, 6:")).get(0), golden.get("codes5"));
            NDArray pixels = decoder.call(step, "forward", golden.get("codes11")).get(0).clip(0, 1);
            within("pixels", pixels, golden.get("pixels11_u8").toType(DataType.FLOAT32, false).div(255f), (half ? HALF_PIXELS : manifest.golden().pixelTolerance()) + 0.5 / 255);
            logits(step, transformer, golden);
        } catch (IOException e) {
            throw new BadBundleException("the bundle's golden vectors cannot be read: " + e.getMessage(), e);
        } catch (NullPointerException e) {
            throw new BadBundleException("the bundle's golden vectors lack one that is needed", e);
        } catch (RuntimeException e) {
            // How DJL says that a file is malformed, and the engine that shapes do not fit: either way another start would find the same.
            throw new BadBundleException("the bundle's golden vectors cannot be run through its archives: " + e.getMessage(), e);
        }
    }

    private void logits(NDManager step, Archive transformer, Map<String, NDArray> golden) throws BadBundleException {
        double tolerance = half ? HALF_LOGITS : manifest.golden().logitTolerance();
        NDArray text = golden.get("text").toType(DataType.FLOAT32, false);
        NDArray hidden = transformer.call(step, "trunk", golden.get("tokens"), text, golden.get("text_mask").toType(DataType.BOOLEAN, false)).get(0);
        long[] at = golden.get("positions").toLongArray();
        NDArray picked = hidden.get(":, {}", step.create(at));
        int groups = manifest.codes().groups();
        NDArray[] given = new NDArray[groups];
        given[0] = picked;
        for (int group = 1; group <= groups; group++) {
            String name = "logits" + group;
            within(name, transformer.call(step, "head" + group, Arrays.copyOf(given, group)).get(0), golden.get(name).toType(DataType.FLOAT32, false), tolerance);
            if (group < groups) {
                given[group] = drawn(golden, group).get(":, {}", step.create(at));
            }
        }
    }

    /** The codes drawn for a group, {@code [rows × places]}: bundles of two groups have named those of the first alone. */
    private static NDArray drawn(Map<String, NDArray> golden, int group) {
        NDArray all = golden.get("drawn");
        return all == null && group == 1 ? golden.get("first") : all.get(":, :, {}", group - 1);
    }

    private void codes(String what, NDArray found, NDArray golden) throws BadBundleException {
        sameShape(what, found, golden);
        long differ = found.neq(golden).toType(DataType.INT64, false).sum().getLong();
        long allowed = half ? Math.round(golden.size() * HALF_CODES) : manifest.golden().codeMismatches();
        if (differ > allowed) {
            throw new BadBundleException("the bundle's encoder gives other codes here: " + differ + " of " + golden.size() + " " + what + " differ, " + allowed + " may");
        }
    }

    private static void within(String what, NDArray found, NDArray golden, double tolerance) throws BadBundleException {
        sameShape(what, found, golden);
        float most = found.sub(golden).abs().max().getFloat();
        if (!(most <= tolerance)) {
            throw new BadBundleException("the bundle gives other " + what + " here: the largest difference is " + most + ", " + tolerance + " is allowed");
        }
    }

    private static void sameShape(String what, NDArray found, NDArray golden) throws BadBundleException {
        if (!found.getShape().equals(golden.getShape())) {
            throw new BadBundleException("the bundle's " + what + " have the shape " + found.getShape() + ", its golden vectors " + golden.getShape());
        }
    }
}
