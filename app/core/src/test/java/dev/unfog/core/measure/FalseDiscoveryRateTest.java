package dev.unfog.core.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FalseDiscoveryRateTest {
    /** The worked example of Benjamini and Hochberg 1995, section 3.2: four discoveries at 5 %. */
    private static final double[] EXAMPLE = {
        .7590, .0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528, 1
    };

    @Test
    void theExampleOfTheArticleHasFourDiscoveries() {
        assertThat(FalseDiscoveryRate.threshold(EXAMPLE, 0.05)).isEqualTo(.0095);
    }

    @Test
    void whereNothingIsSmallEnoughThereIsNoDiscovery() {
        assertThat(FalseDiscoveryRate.threshold(new double[] {0.03, 0.5, 0.9}, 0.05))
                .isZero();
    }

    @Test
    void fewCalibrationSamplesAskForManyDiscoveriesAtOnce() {
        assertThat(FalseDiscoveryRate.needed(1000, 99, 0.05)).isEqualTo(200);
        assertThat(FalseDiscoveryRate.needed(10, 9, 0.05)).isGreaterThan(10);

        double[] pValues = new double[1000];
        java.util.Arrays.fill(pValues, 0.9);
        java.util.Arrays.fill(pValues, 0, 199, 0.01);
        assertThat(FalseDiscoveryRate.threshold(pValues, 0.05)).isZero();
        java.util.Arrays.fill(pValues, 0, 200, 0.01);
        assertThat(FalseDiscoveryRate.threshold(pValues, 0.05)).isEqualTo(0.01);
    }
}
