package dev.longtake.phenaki.maskgit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.longtake.bundle.BundleManifest;
import dev.longtake.phenaki.Archive;
import dev.longtake.phenaki.text.TextStates;
import java.util.List;

/**
 * The bidirectional masked transformer (Phenaki §2.2): tokens and text in, logits of the masked tokens out. Conditional and
 * unconditional rows of all segments go through in one forward pass; heads run only where a token is masked.
 */
public final class MaskedTransformer {
    private final Archive archive;
    private final BundleManifest manifest;

    public MaskedTransformer(Archive archive, BundleManifest manifest) {
        this.archive = archive;
        this.manifest = manifest;
    }

    /**
     * One segment's part of a forward pass.
     *
     * @param masked   masked positions
     * @param guidance this step's weight; 1 needs no unconditional row
     */
    public record Row(int[] codes, int[] masked, TextStates conditional, TextStates unconditional, double guidance) {
        boolean guided() {
            return guidance != 1;
        }
    }

    /** Draws codes for one group, given its guided logits. */
    @FunctionalInterface
    public interface Drawer {
        /** @param logits {@code [masked × vocabulary]} of all rows, one after the other. @return a code for each */
        int[] draw(int group, float[] logits);
    }

    /** One forward pass over all rows; each group's codes are drawn before the next group's logits, which depend on them. */
    public void step(List<Row> rows, Drawer drawer) {
        int positions = rows.get(0).codes().length / manifest.codes().groups();
        try (NDManager step = archive.manager()) {
            List<Integer> first = firstRows(rows);
            int total = first.get(rows.size());
            NDArray hidden = archive.call(step, "trunk", tokens(step, rows, total, positions), text(step, rows, total), mask(step, rows, total)).get(0)
                    .reshape((long) total * positions, -1);
            NDArray at = hidden.get(step.create(indices(rows, first, positions)));
            long width = hidden.getShape().get(1);
            NDArray gathered = at.reshape(1, -1, width);
            int masked = rows.stream().mapToInt(r -> r.masked().length).sum();
            NDArray[] arguments = new NDArray[manifest.codes().groups()];
            arguments[0] = gathered;
            for (int group = 0; group < manifest.codes().groups(); group++) {
                NDArray[] given = java.util.Arrays.copyOf(arguments, group + 1);
                NDArray logits = archive.call(step, "head" + (group + 1), given).get(0).get(0);
                int[] drawn = drawer.draw(group, guided(step, rows, logits, masked));
                if (group + 1 < manifest.codes().groups()) {
                    arguments[group + 1] = step.create(spread(rows, drawn), new Shape(1, gathered.getShape().get(1)));
                }
            }
        }
    }

    /** Index of each segment's conditional row in the batch; the unconditional one follows it. Last: rows in all. */
    private static List<Integer> firstRows(List<Row> rows) {
        List<Integer> first = new java.util.ArrayList<>();
        int n = 0;
        for (Row row : rows) {
            first.add(n);
            n += row.guided() ? 2 : 1;
        }
        first.add(n);
        return first;
    }

    private NDArray tokens(NDManager step, List<Row> rows, int total, int positions) {
        int size = positions * manifest.codes().groups();
        long[] all = new long[total * size];
        int n = 0;
        for (Row row : rows) {
            for (int copy = 0; copy < (row.guided() ? 2 : 1); copy++) {
                for (int i = 0; i < size; i++) {
                    all[n++] = row.codes()[i];
                }
            }
        }
        return step.create(all, new Shape(total, positions, manifest.codes().groups()));
    }

    private NDArray text(NDManager step, List<Row> rows, int total) {
        int size = manifest.transformer().textTokens() * manifest.transformer().textWidth();
        float[] all = new float[total * size];
        int n = 0;
        for (Row row : rows) {
            System.arraycopy(row.conditional().states(), 0, all, size * n++, size);
            if (row.guided()) {
                System.arraycopy(row.unconditional().states(), 0, all, size * n++, size);
            }
        }
        return step.create(all, new Shape(total, manifest.transformer().textTokens(), manifest.transformer().textWidth()));
    }

    private NDArray mask(NDManager step, List<Row> rows, int total) {
        int size = manifest.transformer().textTokens();
        boolean[] all = new boolean[total * size];
        int n = 0;
        for (Row row : rows) {
            System.arraycopy(row.conditional().mask(), 0, all, size * n++, size);
            if (row.guided()) {
                System.arraycopy(row.unconditional().mask(), 0, all, size * n++, size);
            }
        }
        return step.create(all, new Shape(total, size));
    }

    /** Rows of the flattened hidden states: all conditional ones of all segments, then the unconditional ones of the guided. */
    private static long[] indices(List<Row> rows, List<Integer> first, int positions) {
        int conditional = rows.stream().mapToInt(r -> r.masked().length).sum();
        int guided = rows.stream().filter(Row::guided).mapToInt(r -> r.masked().length).sum();
        long[] all = new long[conditional + guided];
        int c = 0;
        int u = conditional;
        for (int r = 0; r < rows.size(); r++) {
            for (int position : rows.get(r).masked()) {
                all[c++] = (long) first.get(r) * positions + position;
                if (rows.get(r).guided()) {
                    all[u++] = (first.get(r) + 1L) * positions + position;
                }
            }
        }
        return all;
    }

    private static long[] spread(List<Row> rows, int[] drawn) {
        int guided = rows.stream().filter(Row::guided).mapToInt(r -> r.masked().length).sum();
        long[] all = new long[drawn.length + guided];
        int c = 0;
        int u = drawn.length;
        for (Row row : rows) {
            for (int i = 0; i < row.masked().length; i++, c++) {
                all[c] = drawn[c];
                if (row.guided()) {
                    all[u++] = drawn[c];
                }
            }
        }
        return all;
    }

    private float[] guided(NDManager step, List<Row> rows, NDArray logits, int masked) {
        if (rows.stream().noneMatch(Row::guided)) {
            return logits.toFloatArray();
        }
        if (!rows.stream().allMatch(Row::guided)) {
            return mixed(rows, logits.toFloatArray(), masked);
        }
        float[] weights = new float[masked];
        int n = 0;
        for (Row row : rows) {
            for (int i = 0; i < row.masked().length; i++) {
                weights[n++] = (float) row.guidance();
            }
        }
        NDArray conditional = logits.get(":" + masked);
        NDArray unconditional = logits.get(masked + ":");
        return conditional.sub(unconditional).mul(step.create(weights, new Shape(masked, 1))).add(unconditional).toFloatArray();
    }

    /** Guided and unguided segments side by side: rare, so plain. */
    private float[] mixed(List<Row> rows, float[] logits, int masked) {
        int vocabulary = manifest.codes().vocabulary();
        int c = 0;
        int u = masked;
        for (Row row : rows) {
            for (int i = 0; i < row.masked().length; i++, c++) {
                if (row.guided()) {
                    for (int v = 0; v < vocabulary; v++) {
                        float un = logits[u * vocabulary + v];
                        logits[c * vocabulary + v] = (logits[c * vocabulary + v] - un) * (float) row.guidance() + un;
                    }
                    u++;
                }
            }
        }
        return java.util.Arrays.copyOf(logits, masked * vocabulary);
    }
}
