package dev.unfog.plugins.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ProfileDistanceTest {
    private static final int WIDTH = 16;

    /** Bands that rise and fall together by far, and each by itself by little. */
    private static float[] profile(SplittableRandom random) {
        double loudness = 3 * random.nextGaussian();
        float[] profile = new float[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            profile[i] = (float) (i + loudness + 0.1 * random.nextGaussian());
        }
        return profile;
    }

    private static List<float[]> profiles(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<float[]> profiles = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            profiles.add(profile(random));
        }
        return profiles;
    }

    @Test
    void oneBandThatRisesAloneIsUnusualAndAllTogetherAreNot() {
        ProfileDistance distance = ProfileDistance.of(profiles(100, 1));
        float[] alone = profile(new SplittableRandom(7));
        float[] together = alone.clone();
        alone[5] += 1;
        for (int i = 0; i < WIDTH; i++) {
            together[i] += 1;
        }

        double usual =
                profiles(50, 2).stream().mapToDouble(distance::distance).max().orElseThrow();

        assertThat(distance.distance(alone)).isGreaterThan(1.3 * usual);
        assertThat(distance.distance(together)).isLessThan(usual);
        float[] loudThird = new float[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            loudThird[i] = i == 3 ? 40 : i;
        }
        assertThat(distance.strongest(loudThird)).isEqualTo(3);
    }

    @Test
    void twoWaysToRunAreBothNormalAndHalfWayBetweenThemIsNot() {
        List<float[]> normals = profiles(60, 3);
        for (int i = 0; i < 30; i++) {
            for (int j = 0; j < WIDTH; j += 2) {
                normals.get(i)[j] += 8;
            }
        }
        ProfileDistance distance = ProfileDistance.of(normals);
        float[] slow = profile(new SplittableRandom(11));
        float[] fast = slow.clone();
        float[] between = slow.clone();
        for (int j = 0; j < WIDTH; j += 2) {
            fast[j] += 8;
            between[j] += 4;
        }

        double usual = Math.max(distance.distance(slow), distance.distance(fast));

        assertThat(distance.distance(between)).isGreaterThan(usual);
    }

    @Test
    void fewerProfilesThanBandsAndConstantBandsDoNoHarm() {
        List<float[]> few = profiles(5, 4);
        few.forEach(profile -> profile[2] = 7);
        ProfileDistance distance = ProfileDistance.of(few);

        assertThat(distance.distance(few.get(0))).isFinite();
        float[] other = few.get(0).clone();
        other[2] = 8;
        assertThat(distance.distance(other)).isFinite().isGreaterThan(100 * (1 + distance.distance(few.get(0))));
        List<float[]> same = List.of(few.get(0), few.get(0), few.get(0));
        assertThat(ProfileDistance.of(same).distance(few.get(0))).isCloseTo(0, within(1e-6));
    }

    @Test
    void whatIsKeptGivesTheSameDistance() {
        ProfileDistance distance = ProfileDistance.of(profiles(20, 5));
        ProfileDistance again = ProfileDistance.of(distance.array(), WIDTH);
        float[] sample = profile(new SplittableRandom(6));

        assertThat(again.distance(sample)).isEqualTo(distance.distance(sample));
        assertThatThrownBy(() -> ProfileDistance.of(distance.array(), WIDTH + 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
