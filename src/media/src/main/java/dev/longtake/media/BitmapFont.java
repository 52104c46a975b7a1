package dev.longtake.media;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A small font of its own, 5 by 8 pixels, printable ASCII: the fonts of a server are no part of a runtime image, and differ between
 * machines where they exist.
 */
final class BitmapFont {
    static final int ADVANCE = 6;
    static final int HEIGHT = 8;
    private static final int WIDTH = 5;
    private static final int PER_LINE = 16;
    private static final char FIRST = ' ';
    private static final char LAST = '~';
    private static final Pattern ACCENTS = Pattern.compile("\\p{Mn}+");
    private static final List<String> GLYPHS = load();

    private BitmapFont() {}

    private static List<String> load() {
        try (InputStream in = BitmapFont.class.getResourceAsStream("glyphs.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What of a text can be drawn: letters without their accents, plain quotes. Empty if that would not be the text any more. */
    static String drawable(String text) {
        String plain = ACCENTS.matcher(Normalizer.normalize(text, Normalizer.Form.NFKD)).replaceAll("")
                .replaceAll("[\u2018\u2019]", "'").replaceAll("[\u201c\u201d\u00ab\u00bb]", "\"").replaceAll("[\u2013\u2014]", "-").replace("\u00df", "ss");
        long lost = plain.codePoints().filter(c -> c < FIRST || c > LAST).count();
        return lost * 10 > plain.length() ? "" : plain.replaceAll("[^ -~]+", " ").strip();
    }

    /** Draws text, cut to what fits into {@code width} pixels. */
    static void draw(BufferedImage image, String text, int left, int top, int width, int colour) {
        int room = Math.max(0, (width + ADVANCE - WIDTH) / ADVANCE);
        String shown = text.length() <= room ? text : room < 3 ? "" : text.substring(0, room - 3).stripTrailing() + "...";
        for (int i = 0; i < shown.length(); i++) {
            glyph(image, shown.charAt(i) - FIRST, left + i * ADVANCE, top, colour);
        }
    }

    private static void glyph(BufferedImage image, int glyph, int left, int top, int colour) {
        for (int y = 0; y < HEIGHT; y++) {
            String row = GLYPHS.get(glyph / PER_LINE * HEIGHT + y);
            for (int x = 0; x < WIDTH; x++) {
                if (row.charAt(glyph % PER_LINE * ADVANCE + x) == '#') {
                    image.setRGB(left + x, top + y, colour);
                }
            }
        }
    }
}
