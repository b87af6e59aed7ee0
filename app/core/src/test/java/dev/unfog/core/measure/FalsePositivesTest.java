package dev.unfog.core.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FalsePositivesTest {
    @Test
    void exchangeableScoresAreFlaggedAsOftenAsAskedFor() {
        SplittableRandom random = new SplittableRandom(1);
        double[] scores = random.doubles(4000).map(Math::log).toArray();

        assertThat(FalsePositives.rate(scores, 399, 0.05, 50, 0)).isCloseTo(0.05, within(0.004));
        assertThat(FalsePositives.rate(scores, 399, 0.01, 50, 0)).isCloseTo(0.01, within(0.002));
    }

    @Test
    void equalScoresAreNeverFlagged() {
        assertThat(FalsePositives.rate(new double[100], 40, 0.05, 10, 0)).isZero();
    }
}
