package dev.longtake.media.picture;

/** Resizes with a triangle filter as wide as the source pixels that one target pixel covers: neither jagged when small nor blocky when large. */
final class Scaling {
    private Scaling() {}

    /** @param rgb {@code height × width} pixels of 3 values. @return {@code toHeight × toWidth} of them */
    static float[] resize(float[] rgb, int width, int height, int toWidth, int toHeight) {
        return columns(rows(rgb, width, height, toWidth), toWidth, height, toHeight);
    }

    /** The source pixels of one target pixel. @param weights sum to 1 */
    private record Taps(int first, float[] weights) {
        static Taps of(int target, int from, int to) {
            double scale = (double) from / to;
            double reach = Math.max(1, scale);
            double centre = (target + 0.5) * scale;
            int first = Math.max(0, (int) Math.floor(centre - reach));
            int end = Math.min(from, (int) Math.ceil(centre + reach));
            float[] weights = new float[end - first];
            double sum = 0;
            for (int i = 0; i < weights.length; i++) {
                double weight = Math.max(0, 1 - Math.abs(first + i + 0.5 - centre) / reach);
                weights[i] = (float) weight;
                sum += weight;
            }
            for (int i = 0; i < weights.length; i++) {
                weights[i] /= (float) sum;
            }
            return new Taps(first, weights);
        }
    }

    private static float[] rows(float[] rgb, int width, int height, int toWidth) {
        float[] out = new float[height * toWidth * 3];
        for (int x = 0; x < toWidth; x++) {
            Taps taps = Taps.of(x, width, toWidth);
            for (int y = 0; y < height; y++) {
                for (int i = 0; i < taps.weights().length; i++) {
                    int from = (y * width + taps.first() + i) * 3;
                    for (int c = 0; c < 3; c++) {
                        out[(y * toWidth + x) * 3 + c] += taps.weights()[i] * rgb[from + c];
                    }
                }
            }
        }
        return out;
    }

    private static float[] columns(float[] rgb, int width, int height, int toHeight) {
        float[] out = new float[toHeight * width * 3];
        for (int y = 0; y < toHeight; y++) {
            Taps taps = Taps.of(y, height, toHeight);
            for (int i = 0; i < taps.weights().length; i++) {
                int from = (taps.first() + i) * width * 3;
                for (int x = 0; x < width * 3; x++) {
                    out[y * width * 3 + x] += taps.weights()[i] * rgb[from + x];
                }
            }
        }
        return out;
    }
}
