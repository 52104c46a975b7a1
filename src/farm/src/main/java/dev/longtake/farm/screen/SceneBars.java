package dev.longtake.farm.screen;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How much of each scene is rendered, as bars. Pure. */
public final class SceneBars {
    private static final int BAR = 12;
    /** Eighths of a cell (Unicode, Block Elements). */
    private static final String PARTS = " ▏▎▍▌▋▊▉";
    private static final char FULL = '█';
    private static final char EMPTY = '░';
    private static final String CUT = "…";

    private final List<Scene> scenes;
    private final int[] firsts;
    private final BitSet done = new BitSet();
    private Map<Integer, Double> running = new HashMap<>();

    /** A scene. @param segments it has */
    public record Scene(String prompt, int segments) {}

    /** @param scenes in film order, and all of them */
    public SceneBars(List<Scene> scenes) {
        this.scenes = List.copyOf(scenes);
        this.firsts = new int[scenes.size() + 1];
        for (int i = 0; i < scenes.size(); i++) {
            firsts[i + 1] = firsts[i] + scenes.get(i).segments();
        }
    }

    /** A segment is rendered, or is to be rendered again after all. */
    public void set(int segment, boolean isDone) {
        if (segment >= 0 && segment < firsts[scenes.size()]) {
            done.set(segment, isDone);
        }
    }

    /** @param shares by segment in work, how much of it is done, from 0 to 1 */
    public void running(Map<Integer, Double> shares) {
        running = new HashMap<>(shares);
    }

    private double share(int scene) {
        double sum = done.get(firsts[scene], firsts[scene + 1]).cardinality();
        for (int s = firsts[scene]; s < firsts[scene + 1]; s++) {
            sum += done.get(s) ? 0 : running.getOrDefault(s, 0.0);
        }
        return scenes.get(scene).segments() == 0 ? 1 : sum / scenes.get(scene).segments();
    }

    /** One line a scene; of many those around the first that is not finished. @param width columns of a line. @param most lines */
    public List<String> lines(int width, int most) {
        int first = 0;
        while (first < scenes.size() && share(first) >= 1) {
            first++;
        }
        int from = Math.max(0, Math.min(first - 1, scenes.size() - most));
        int digits = Integer.toString(scenes.size()).length();
        List<String> lines = new ArrayList<>();
        for (int i = from; i < Math.min(scenes.size(), from + most); i++) {
            lines.add(cut(String.format("%" + digits + "d %s %s", i + 1, bar(share(i)), printable(scenes.get(i).prompt())), width));
        }
        return lines;
    }

    static String bar(double share) {
        int eighths = (int) Math.floor(Math.max(0, Math.min(1, share)) * BAR * 8 + 1e-9);
        StringBuilder bar = new StringBuilder();
        for (int i = 0; i < BAR; i++) {
            int here = Math.max(0, Math.min(8, eighths - i * 8));
            bar.append(here == 8 ? FULL : here == 0 ? EMPTY : PARTS.charAt(here));
        }
        return bar.toString();
    }

    /** A prompt may hold what a terminal would obey. */
    static String printable(String text) {
        return text.replaceAll("\\p{C}|\\R", "?");
    }

    static String cut(String text, int width) {
        return text.codePointCount(0, text.length()) <= width ? text : text.substring(0, text.offsetByCodePoints(0, Math.max(0, width - 1))) + CUT;
    }
}
