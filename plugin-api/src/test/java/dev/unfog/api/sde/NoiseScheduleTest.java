package dev.unfog.api.sde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class NoiseScheduleTest {

    @Test
    void everyScheduleFallsFromEndToEndOnEveryProcess() {
        SamplerTest.processes().forEach(process -> {
            double highest = process.noiseLevel(process.endTime());
            double lowest = process.noiseLevel(process.startTime());
            for (String name : NoiseSchedule.names()) {
                for (int steps : new int[] {1, 2, 3, 50}) {
                    double[] levels = NoiseSchedule.named(name).noiseLevels(process, highest, lowest, steps);
                    assertThat(levels).as("%s on %s", name, process).hasSize(steps);
                    assertThat(levels[0]).isEqualTo(highest);
                    for (int i = 1; i < steps; i++) {
                        assertThat(levels[i]).isLessThan(levels[i - 1]);
                    }
                    if (steps > 1) {
                        assertThat(levels[steps - 1]).isEqualTo(lowest);
                    }
                }
            }
        });
    }

    @Test
    void theSchedulesAreEvenInWhatTheySayTheyAre() {
        ForwardProcess process = new VariancePreservingProcess(0.1, 20, 1e-3);
        double[] karras = NoiseSchedule.karras(7).noiseLevels(process, 80, 0.002, 18);
        double[] geometric = NoiseSchedule.geometric().noiseLevels(process, 80, 0.002, 18);
        double[] uniform = NoiseSchedule.uniformInTime().noiseLevels(process, 80, 0.02, 18);
        for (int i = 2; i < 18; i++) {
            assertThat(root(karras[i]) - root(karras[i - 1]))
                    .isCloseTo(root(karras[1]) - root(karras[0]), within(1e-12));
            assertThat(geometric[i] / geometric[i - 1]).isCloseTo(geometric[1] / geometric[0], within(1e-12));
            assertThat(process.timeOf(uniform[i]) - process.timeOf(uniform[i - 1]))
                    .isCloseTo(process.timeOf(uniform[1]) - process.timeOf(uniform[0]), within(1e-12));
        }
        // The values of Karras et al. 2022, equation 5, for i = 9.
        assertThat(karras[9]).isCloseTo(Math.pow(root(80) + 9 / 17.0 * (root(0.002) - root(80)), 7), within(1e-12));
    }

    private static double root(double level) {
        return Math.pow(level, 1 / 7.0);
    }

    @Test
    void aStartAtTheLowestLevelIsOneLevel() {
        ForwardProcess process = new VarianceExplodingProcess(0.01, 10);
        assertThat(NoiseSchedule.karras(7).noiseLevels(process, 0.01, 0.01, 5)).containsExactly(0.01);
    }
}
