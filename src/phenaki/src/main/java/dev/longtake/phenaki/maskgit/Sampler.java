package dev.longtake.phenaki.maskgit;

import dev.longtake.bundle.BundleManifest;
import dev.longtake.phenaki.maskgit.MaskedTransformer.Row;
import dev.longtake.phenaki.text.TextStates;
import java.util.ArrayList;
import java.util.List;

/**
 * Confidence sampling (MaskGIT §3.2, Phenaki §2.2): at each step every masked token is drawn, and those the model is least sure of are
 * masked again; noise on the confidence, annealed to nothing, keeps it from always settling the easy tokens first.
 */
public final class Sampler {
    private final MaskedTransformer transformer;
    private final BundleManifest manifest;

    public Sampler(MaskedTransformer transformer, BundleManifest manifest) {
        this.transformer = transformer;
        this.manifest = manifest;
    }

    /** A window on its way, with all that decides its next step. */
    public record Pass(MaskedWindow window, TextStates conditional, TextStates unconditional, long seed, int step, int steps, double guidance, double temperature) {}

    /** Takes one step of every pass. */
    public void step(List<Pass> passes) {
        List<Row> rows = new ArrayList<>();
        for (Pass p : passes) {
            double weight = p.guidance() == 1 ? 1 : Guidance.weight(p.guidance(), manifest.sampler().guidanceRamp(), p.step(), p.steps());
            rows.add(new Row(p.window().codes(), p.window().masked(), p.conditional(), p.unconditional(), weight));
        }
        int groups = manifest.codes().groups();
        int masked = rows.stream().mapToInt(r -> r.masked().length).sum();
        int[] codes = new int[masked * groups];
        double[] confidence = new double[masked];
        transformer.step(rows, (group, logits) -> draw(passes, rows, group, logits, codes, confidence));
        int from = 0;
        for (int i = 0; i < passes.size(); i++) {
            Pass p = passes.get(i);
            int[] at = rows.get(i).masked();
            double noise = manifest.sampler().confidenceNoise() * (1 - (p.step() + 1) / (double) p.steps());
            double[] noisy = new double[at.length];
            for (int k = 0; k < at.length; k++) {
                noisy[k] = confidence[from + k] + noise * CounterRandom.gumbel(p.seed(), p.step(), at[k], CounterRandom.CONFIDENCE);
            }
            p.window().take(at, java.util.Arrays.copyOfRange(codes, from * groups, (from + at.length) * groups), noisy,
                    MaskSchedule.maskedAfter(p.step(), p.steps(), p.window().free()));
            from += at.length;
        }
    }

    private int[] draw(List<Pass> passes, List<Row> rows, int group, float[] logits, int[] codes, double[] confidence) {
        int vocabulary = manifest.codes().vocabulary();
        int groups = manifest.codes().groups();
        int[] drawn = new int[confidence.length];
        int n = 0;
        for (int i = 0; i < passes.size(); i++) {
            Pass p = passes.get(i);
            for (int position : rows.get(i).masked()) {
                CodeDistribution.Draw d = CodeDistribution.draw(logits, n * vocabulary, vocabulary, p.temperature(), CounterRandom.uniform(p.seed(), p.step(), position, group));
                drawn[n] = d.code();
                codes[n * groups + group] = d.code();
                confidence[n] += d.logProbability();
                n++;
            }
        }
        return drawn;
    }
}
