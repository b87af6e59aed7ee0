package dev.unfog.core.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DriftTest {
    /** p-values of samples that lie a shift above the calibration samples. */
    private static double[] pValues(int count, int calibration, double shift, SplittableRandom random) {
        double[] known = random.doubles(calibration).sorted().toArray();
        return random.doubles(count)
                .map(score -> {
                    int place = Arrays.binarySearch(known, score + shift);
                    return (1.0 + calibration - (place < 0 ? -place - 1 : place)) / (calibration + 1);
                })
                .toArray();
    }

    @Test
    void withoutDriftAnAlarmIsRare() {
        SplittableRandom random = new SplittableRandom(5);
        int alarms = 0;
        for (int i = 0; i < 400; i++) {
            alarms += Drift.significance(pValues(500, 199, 0, random), 199) < 0.01 ? 1 : 0;
        }

        assertThat(alarms).isLessThanOrEqualTo(12);
    }

    @Test
    void aShiftIsNoticed() {
        SplittableRandom random = new SplittableRandom(5);

        assertThat(Drift.significance(pValues(500, 499, 0.2, random), 499)).isLessThan(1e-4);
    }

    @Test
    void anomaliesAreNoDrift() {
        double[] pValues = pValues(500, 499, 0, new SplittableRandom(5));
        Arrays.fill(pValues, 0, 100, 0.002);

        assertThat(Drift.significance(pValues, 499)).isGreaterThan(0.01);
    }
}
