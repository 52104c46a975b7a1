package dev.longtake.stitcher;

import dev.longtake.contract.Lineage;
import dev.longtake.media.SpriteSheet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which frames of which clips stills are made of, decided before anything is decoded, so that only those clips are. */
final class StillPlan {
    private final List<Row> rows = new ArrayList<>();
    private final Map<Integer, List<Cell>> cells = new HashMap<>();
    private final Map<Integer, List<Sprite>> sprites = new HashMap<>();
    private final int spriteCount;
    private int posterSegment;
    private int posterFrame;

    /** A frame of a clip and where it goes. @param frame in the clip. @param row of the sheet */
    record Cell(int frame, int row, int column) {}

    /** A scene on the contact sheet. @param place from 0 */
    record Row(int place, int scene, String prompt) {}

    /** A frame of a clip and its place on the sprite sheet. @param frame in the clip */
    record Sprite(int frame, int place) {}

    StillPlan(Lineage lineage, int maxScenes, int framesPerScene) {
        Map<Integer, Integer> sceneFrames = new LinkedHashMap<>();
        Map<Integer, String> prompts = new HashMap<>();
        for (Lineage.Entry s : lineage.segments()) {
            sceneFrames.merge(s.scene(), s.frames(), Integer::sum);
            prompts.putIfAbsent(s.scene(), s.prompt());
        }
        List<Integer> scenes = new ArrayList<>(sceneFrames.keySet());
        int shown = Math.min(maxScenes, scenes.size());
        Map<Integer, Integer> places = new HashMap<>();
        for (int i = 0; i < shown; i++) {
            int scene = scenes.get((int) ((i + 0.5) * scenes.size() / shown));
            places.put(scene, i);
            rows.add(new Row(i, scene, prompts.get(scene)));
        }
        spriteCount = Math.min(SpriteSheet.MOST, lineage.frames());
        int sprite = 0;
        Map<Integer, Integer> passed = new HashMap<>();
        int film = 0;
        for (Lineage.Entry s : lineage.segments()) {
            int from = passed.getOrDefault(s.scene(), 0);
            Integer row = places.get(s.scene());
            if (row != null) {
                int total = sceneFrames.get(s.scene());
                int count = Math.min(framesPerScene, total);
                for (int k = 0; k < count; k++) {
                    int target = (int) ((k + 0.5) * total / count);
                    if (target >= from && target < from + s.frames()) {
                        cells.computeIfAbsent(s.index(), x -> new ArrayList<>()).add(new Cell(target - from, row, k));
                    }
                }
            }
            int middle = lineage.frames() / 2;
            if (middle >= film && middle < film + s.frames()) {
                posterSegment = s.index();
                posterFrame = middle - film;
            }
            for (int at = spriteAt(sprite, lineage.frames()); sprite < spriteCount && at < film + s.frames(); at = spriteAt(sprite, lineage.frames())) {
                sprites.computeIfAbsent(s.index(), x -> new ArrayList<>()).add(new Sprite(at - film, sprite++));
            }
            passed.put(s.scene(), from + s.frames());
            film += s.frames();
        }
    }

    /** Place in the film of a frame of the sprite sheet: in the middle of its share. */
    private int spriteAt(int sprite, int frames) {
        return (int) ((sprite + 0.5) * frames / spriteCount);
    }

    /** Frames on the sprite sheet. */
    int spriteCount() {
        return spriteCount;
    }

    List<Sprite> sprites(int segment) {
        return sprites.getOrDefault(segment, List.of());
    }

    List<Cell> cells(int segment) {
        return cells.getOrDefault(segment, List.of());
    }

    boolean isPoster(int segment) {
        return segment == posterSegment;
    }

    boolean needs(int segment) {
        return isPoster(segment) || cells.containsKey(segment) || sprites.containsKey(segment);
    }

    int posterFrame() {
        return posterFrame;
    }

    /** Scenes on the contact sheet, in order. */
    List<Row> rows() {
        return rows;
    }
}
