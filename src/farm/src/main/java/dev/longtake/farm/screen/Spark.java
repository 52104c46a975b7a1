package dev.longtake.farm.screen;

import java.util.ArrayDeque;
import java.util.Deque;

/** A speed over the last while, as a line of bars. Pure. */
public final class Spark {
    private static final String BARS = "▁▂▃▄▅▆▇█";
    private static final int CELLS = 20;
    /** Seconds that one bar stands for: a segment takes about as long. */
    private static final double CELL = 2;

    private final Deque<Double> speeds = new ArrayDeque<>();
    private double since = Double.NaN;
    private double before;

    /** @param now seconds on a clock that only goes forward. @param done so far, in any unit */
    public void look(double now, double done) {
        if (Double.isNaN(since)) {
            since = now;
            before = done;
        } else if (now - since >= CELL) {
            speeds.addLast(Math.max(0, (done - before) / (now - since)));
            if (speeds.size() > CELLS) {
                speeds.removeFirst();
            }
            since = now;
            before = done;
        }
    }

    /** Empty while there is nothing to say. The highest bar is the fastest that is shown. */
    public String line() {
        double most = speeds.stream().mapToDouble(s -> s).max().orElse(0);
        if (most <= 0) {
            return "";
        }
        StringBuilder line = new StringBuilder();
        speeds.forEach(s -> line.append(BARS.charAt((int) Math.round(s / most * (BARS.length() - 1)))));
        return line.toString();
    }
}
