package dev.unfog.plugins.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    private static final int LEVELS = 3;
    private static final double[] ALIKE = {1, 1, 1};

    private static float[] samples(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] measures = new float[count * (LEVELS + 1)];
        for (int i = 0; i < measures.length; i++) {
            measures[i] = (float) (10 + random.nextGaussian() * (1 + i % (LEVELS + 1)));
        }
        return measures;
    }

    private static double[] row(float[] samples, int row) {
        double[] measures = new double[LEVELS + 1];
        for (int i = 0; i < measures.length; i++) {
            measures[i] = samples[row * measures.length + i];
        }
        return measures;
    }

    @Test
    void normalSamplesAreFlaggedAsOftenAsTheirPValuesSay() {
        double at5 = 0;
        double at1 = 0;
        int tests = 500;
        for (int split = 0; split < 40; split++) {
            Calibration calibration = new Calibration(samples(199, 1000 + split), ALIKE, Calibration.DISTANCE_WEIGHT);
            float[] others = samples(tests, 2000 + split);
            for (int i = 0; i < tests; i++) {
                double p = calibration.pValue(calibration.score(row(others, i)));
                at5 += p <= 0.05 ? 1 : 0;
                at1 += p <= 0.01 ? 1 : 0;
            }
        }

        assertThat(at5 / (40 * tests)).isCloseTo(0.05, within(0.01));
        assertThat(at1 / (40 * tests)).isCloseTo(0.01, within(0.004));
    }

    @Test
    void noPValueIsBelowOneOverOneMoreThanThereAreSamples() {
        Calibration calibration = new Calibration(samples(99, 1), ALIKE, 2);

        assertThat(calibration.pValue(1e9)).isEqualTo(0.01);
        assertThat(calibration.pValue(-1e9)).isEqualTo(1);
    }

    @Test
    void aNormBelowTheMeanCountsNothingAndADistanceCountsBothWays() {
        Calibration calibration = new Calibration(samples(500, 1), ALIKE, 2);

        assertThat(calibration.score(new double[] {0, 0, 0, 10}))
                .isEqualTo(calibration.score(new double[] {-9, 0, 5, 10}));
        assertThat(calibration.score(new double[] {0, 0, 0, 6}))
                .isLessThan(calibration.score(new double[] {0, 0, 0, 7}));
    }

    @Test
    void anAnomalyAmongTheCalibrationSamplesDoesNotHideOthers() {
        float[] clean = samples(200, 1);
        float[] spoilt = clean.clone();
        java.util.Arrays.fill(spoilt, 0, LEVELS + 1, 1e6f);
        double[] unusual = {14, 18, 22, 26};

        double before = new Calibration(clean, ALIKE, 2).score(unusual);
        double after = new Calibration(spoilt, ALIKE, 2).score(unusual);

        assertThat(after).isGreaterThan(0.7 * before);
    }

    @Test
    void calibrationSamplesThatAreAllAlikeDoNotDivideByZero() {
        Calibration calibration = new Calibration(new float[4 * 20], ALIKE, 2);

        assertThat(calibration.score(new double[] {0, 0, 0, 0})).isZero();
        assertThat(calibration.pValue(calibration.score(new double[] {1, 1, 1, 1})))
                .isEqualTo(1 / 21.0);
    }

    @Test
    void aLevelAtWhichTheNetworkLearnedNothingDoesNotCount() {
        float[] samples = samples(200, 1);
        Calibration calibration = new Calibration(samples, new double[] {0, 1, 3}, 0);
        double[] usual = {10, 10, 10, 10};

        assertThat(calibration.score(new double[] {99, 10, 10, 10})).isEqualTo(calibration.score(usual));
        double atSecond = calibration.score(new double[] {10, 10 + 2 * 5, 0, 10});
        double atThird = calibration.score(new double[] {10, 0, 10 + 3 * 5, 10});
        // Weighted 3 to 1, and 15 above the mean to 10.
        assertThat(atThird / atSecond).isCloseTo(1.5 * Math.sqrt(3), within(0.3));
        assertThat(new Calibration(samples, new double[3], 0).score(new double[] {99, 10, 10, 10}))
                .isGreaterThan(10);
    }

    @Test
    void measuresWithoutADistanceAllCountOneSidedAndAlike() {
        Calibration calibration = new Calibration(samples(200, 1), LEVELS + 1);

        assertThat(calibration.width()).isEqualTo(LEVELS + 1);
        assertThat(calibration.score(new double[] {0, 0, 0, 0})).isZero();
        assertThat(calibration.score(new double[] {0, 0, 0, 30}))
                .isCloseTo(calibration.score(new double[] {15, 0, 0, 0}), within(0.5));
    }
}
