package dev.longtake.phenaki.maskgit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.longtake.engine.Tokens;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SamplerMathTest {
    @Test
    void theCosineScheduleFallsToNothing() {
        assertThat(new int[] {MaskSchedule.maskedAfter(0, 4, 192), MaskSchedule.maskedAfter(1, 4, 192), MaskSchedule.maskedAfter(2, 4, 192), MaskSchedule.maskedAfter(3, 4, 192)})
                .containsExactly(177, 135, 73, 0);
        for (int steps = 1; steps < 60; steps++) {
            int before = 384;
            for (int i = 0; i < steps; i++) {
                int after = MaskSchedule.maskedAfter(i, steps, 384);
                assertThat(after).isLessThanOrEqualTo(before);
                before = after;
            }
            assertThat(before).isZero();
        }
    }

    @Test
    void guidanceRampsUp() {
        assertThat(Guidance.weight(4, 0.5, 0, 8)).isEqualTo(4 * 0.625, within(1e-12));
        assertThat(Guidance.weight(4, 0.5, 3, 8)).isEqualTo(4);
        assertThat(Guidance.weight(4, 0.5, 7, 8)).isEqualTo(4);
    }

    @Test
    void aDrawIsAFunctionOfItsCounterAndOfNothingElse() {
        assertThat(CounterRandom.uniform(1, 2, 3, 0)).isEqualTo(CounterRandom.uniform(1, 2, 3, 0));
        Set<Double> seen = new HashSet<>();
        for (long seed = -2; seed <= 2; seed++) {
            for (int step = 0; step < 4; step++) {
                for (int token = 0; token < 50; token++) {
                    for (int channel : new int[] {0, 1, CounterRandom.CONFIDENCE}) {
                        double u = CounterRandom.uniform(seed, step, token, channel);
                        assertThat(u).isGreaterThan(0).isLessThan(1);
                        seen.add(u);
                    }
                }
            }
        }
        assertThat(seen).hasSize(5 * 4 * 50 * 3);
    }

    @Test
    void drawsAreEvenlySpread() {
        int[] bins = new int[10];
        double gumbel = 0;
        int n = 100_000;
        for (int i = 0; i < n; i++) {
            bins[(int) (CounterRandom.uniform(7, i / 384, i % 384, 1) * 10)]++;
            gumbel += CounterRandom.gumbel(7, i / 384, i % 384, 2) / n;
        }
        for (int bin : bins) {
            assertThat(bin).isBetween(9_600, 10_400);
        }
        assertThat(gumbel).as("mean of a Gumbel: Euler's constant").isEqualTo(0.5772, within(0.02));
    }

    @Test
    void aCodeIsDrawnByItsProbability() {
        float[] logits = {9, (float) Math.log(1), (float) Math.log(2), (float) Math.log(5), 9};
        assertThat(CodeDistribution.draw(logits, 1, 3, 1, 0.1).code()).isZero();
        assertThat(CodeDistribution.draw(logits, 1, 3, 1, 0.2).code()).isEqualTo(1);
        assertThat(CodeDistribution.draw(logits, 1, 3, 1, 0.9).code()).isEqualTo(2);
        assertThat(CodeDistribution.draw(logits, 1, 3, 1, 0.2).logProbability()).isEqualTo(Math.log(2 / 8.0), within(1e-6));
        assertThat(CodeDistribution.draw(logits, 1, 3, 0.01, 0.2).code()).as("cold: the likeliest").isEqualTo(2);
        assertThatThrownBy(() -> CodeDistribution.draw(new float[] {Float.NaN, 1}, 0, 2, 1, 0.5)).hasMessageContaining("not numbers");
    }

    @Test
    void aPrefixIsFrozenAndTheLeastConfidentAreMaskedAgain() {
        Tokens prefix = new Tokens(1, 2, 2, new int[] {1, 2, 3, 4});
        MaskedWindow window = new MaskedWindow(3, 2, 2, 1000, Optional.of(prefix));
        assertThat(window.free()).isEqualTo(4);
        assertThat(window.masked()).containsExactly(2, 3, 4, 5);
        window.take(window.masked(), new int[] {10, 11, 20, 21, 30, 31, 40, 41}, new double[] {0.5, 0.1, 0.9, 0.1}, 2);
        assertThat(window.masked()).containsExactly(3, 5);
        window.take(window.masked(), new int[] {50, 51, 60, 61}, new double[] {0, 0}, 0);
        assertThat(window.tokens().codes()).containsExactly(1, 2, 3, 4, 10, 11, 50, 51, 30, 31, 60, 61);
    }
}
