package dev.longtake.farm.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FilmScreenTest {
    @Test
    void barsGrowByEighths() {
        assertThat(SceneBars.bar(0)).isEqualTo("░".repeat(12));
        assertThat(SceneBars.bar(1)).isEqualTo("█".repeat(12));
        assertThat(SceneBars.bar(0.5)).isEqualTo("█".repeat(6) + "░".repeat(6));
        assertThat(SceneBars.bar(1 / 96.0)).isEqualTo("▏" + "░".repeat(11));
        assertThat(SceneBars.bar(7)).isEqualTo(SceneBars.bar(1));
    }

    @Test
    void ascenesBarIsItsRenderedSegmentsAndTheShareOfThoseInWork() {
        SceneBars bars = new SceneBars(List.of(new SceneBars.Scene("A city.", 2), new SceneBars.Scene("A river\033[2J\nwith a tail.", 4)));
        bars.set(0, true);
        bars.set(1, true);
        bars.set(2, true);
        bars.set(99, true);
        bars.running(Map.of(3, 0.5));
        assertThat(bars.lines(200, 10)).containsExactly("1 " + SceneBars.bar(1) + " A city.", "2 " + SceneBars.bar(1.5 / 4) + " A river?[2J?with a tail.");
        bars.set(2, false);
        assertThat(bars.lines(200, 10).get(1)).startsWith("2 " + SceneBars.bar(0.5 / 4));
        assertThat(bars.lines(20, 10)).allMatch(l -> l.codePointCount(0, l.length()) <= 20).allMatch(l -> l.endsWith("…"));
    }

    @Test
    void ofManyScenesThoseInWorkAreShown() {
        SceneBars bars = new SceneBars(IntStream.range(0, 1_000).mapToObj(i -> new SceneBars.Scene("Scene " + i, 1)).toList());
        assertThat(bars.lines(80, 5)).hasSize(5).first().asString().startsWith("   1 ");
        IntStream.range(0, 500).forEach(i -> bars.set(i, true));
        assertThat(bars.lines(80, 5)).hasSize(5).first().asString().startsWith(" 500 ");
        IntStream.range(0, 1_000).forEach(i -> bars.set(i, true));
        assertThat(bars.lines(80, 5)).hasSize(5).last().asString().startsWith("1000 ");
    }

    @Test
    void aSparkIsRelativeToItsFastest() {
        Spark spark = new Spark();
        double done = 0;
        for (int i = 0; i <= 8; i++) {
            done += i;
            spark.look(2 * i, done);
        }
        assertThat(spark.line()).isEqualTo("▂▃▄▅▅▆▇█");
        for (int i = 9; i < 60; i++) {
            spark.look(2 * i, done);
        }
        assertThat(spark.line()).as("nothing moves").isEmpty();
    }

    @Test
    void aPictureIsItsPixelsTwoToACharacter() {
        BufferedImage picture = new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB);
        picture.setRGB(0, 0, 0xff0000);
        picture.setRGB(1, 0, 0x00ff00);
        picture.setRGB(0, 1, 0x0000ff);
        picture.setRGB(1, 1, 0x102030);
        assertThat(HalfBlocks.of(picture, 2)).containsExactly("\033[38;2;255;0;0m\033[48;2;0;0;255m▀\033[38;2;0;255;0m\033[48;2;16;32;48m▀\033[0m");
        assertThat(HalfBlocks.of(new BufferedImage(128, 128, BufferedImage.TYPE_INT_RGB), 24)).hasSize(12);
        assertThat(HalfBlocks.of(new BufferedImage(3, 5, BufferedImage.TYPE_INT_RGB), 24)).hasSize(20);
    }
}
