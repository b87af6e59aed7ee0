package dev.unfog.plugins.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class SampleProfilesTest {
    @Test
    void everyBandHasItsMeanItsVariationAndItsLoudestTenth() {
        int times = 20;
        float[] levels = new float[2 * times];
        for (int time = 0; time < times; time++) {
            levels[time] = 1;
            levels[times + time] = time;
        }
        CellGrid grid = new CellGrid(new float[] {1, 10, 2, 20, 3, 30, 4, 40}, 2, 2);

        List<float[]> profiles = SampleProfiles.of(new PatchImage(levels, 1, 2, times), grid);

        assertThat(profiles).hasSize(SampleProfiles.Profile.values().length);
        assertThat(profiles.get(0)).containsExactly(1, 9.5f);
        assertThat(profiles.get(1)[0]).isZero();
        assertThat(profiles.get(1)[1]).isCloseTo((float) Math.sqrt((times * times - 1) / 12.0), within(1e-5f));
        assertThat(profiles.get(2)).containsExactly(1, 18.5f);
        // Band after band, of each its measures.
        assertThat(profiles.get(3)).containsExactly(1.5f, 15, 3.5f, 35);
        assertThat(profiles.get(4)).containsExactly(2, 20, 4, 40);
    }

    @Test
    void everyValueSaysWhichBandsItIsAbout() {
        assertThat(SampleProfiles.Profile.LOUDEST.lowestBand(63, 64)).isEqualTo(63);
        assertThat(SampleProfiles.Profile.LOUDEST.bands()).isEqualTo(1);
        // Sixteen rows of cells, twelve norms each.
        assertThat(SampleProfiles.Profile.NORMS.lowestBand(11, 192)).isZero();
        assertThat(SampleProfiles.Profile.NORMS.lowestBand(191, 192)).isEqualTo(60);
        assertThat(SampleProfiles.Profile.NORMS.bands()).isEqualTo(4);
    }
}
