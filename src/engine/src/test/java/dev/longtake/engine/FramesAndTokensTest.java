package dev.longtake.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FramesAndTokensTest {
    private static Frames frames(int count) {
        byte[] rgb = new byte[count * 4 * 2 * 3];
        new Random(1).nextBytes(rgb);
        return new Frames(count, 4, 2, rgb);
    }

    @Test
    void framesComeBackFromTheirBytes() {
        assertThat(Frames.fromBytes(frames(5).toBytes())).isEqualTo(frames(5));
    }

    @Test
    void framesCutShortAreRefused() {
        byte[] bytes = frames(5).toBytes();
        assertThatThrownBy(() -> Frames.fromBytes(Arrays.copyOf(bytes, bytes.length - 1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Frames.fromBytes(new byte[3])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tokensComeBackFromTheirBytes() {
        Tokens tokens = new Tokens(2, 2, 2, new int[] {0, 999, 1, 65_535, 40_000, 5, 6, 7});
        assertThat(Tokens.fromBytes(tokens.toBytes())).isEqualTo(tokens);
    }

    @Test
    void tokensCutShortAreRefused() {
        byte[] bytes = new Tokens(1, 2, 2, new int[] {1, 2, 3, 4}).toBytes();
        assertThatThrownBy(() -> Tokens.fromBytes(Arrays.copyOf(bytes, bytes.length - 2))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theTailCountsPrefixFramesSoThatOneNewFrameIsEnough() {
        Frames window = frames(11);
        GeneratedSegment trimmed = new GeneratedSegment(new Tokens(1, 1, 1, new int[] {0}), window, 5, 1);
        assertThat(trimmed.newFramesOnly()).isEqualTo(window.slice(5, 6));
        assertThat(trimmed.tail(5)).isEqualTo(window.slice(1, 6));
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new SamplerSettings(0, 3, 1)).hasMessageContaining("steps");
        assertThatThrownBy(() -> new SamplerSettings(8, Double.NaN, 1)).hasMessageContaining("guidance");
        assertThatThrownBy(() -> new SamplerSettings(8, 3, 0)).hasMessageContaining("temperature");
    }
}
