package dev.unfog.plugins.anomaly;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a recording is like as a whole: the level of every band, and the score norms of every band, each summed up over time in several
 * ways.
 *
 * <p>A machine that runs differently all the time is unusual at no single moment; nor is a click, if there are usual ones, unless it is
 * known which band is loud for how long. Sums over the loudest moments are those of Guan et al. 2023, "Time-weighted frequency domain
 * audio representation with GMM estimator for anomalous sound detection", here over the loudest tenth.
 */
final class SampleProfiles {
    private static final int LOUDEST_SHARE = 10;

    private SampleProfiles() {}

    /** What there is a profile of. */
    enum Profile {
        /** The mean level of each band. */
        LEVEL(1),
        /** How much the level of each band varies. */
        VARIATION(1),
        /** The mean level of each band over its loudest tenth. */
        LOUDEST(1),
        /** The mean of each score norm of each band of cells. */
        NORMS(CellGrid.STRIDE),
        /** The mean of each score norm of each band of cells over the tenth in which it is largest. */
        LARGEST_NORMS(CellGrid.STRIDE);

        private final int bands;

        Profile(int bands) {
            this.bands = bands;
        }

        /** Returns how many bands one value of the profile is about. */
        int bands() {
            return bands;
        }

        /**
         * Returns the lowest of the bands that a value is about.
         *
         * @param index of the value
         * @param width of the profile
         */
        int lowestBand(int index, int width) {
            int groups = LogMel.BANDS / bands;
            return index / (width / groups) * bands;
        }
    }

    /**
     * Returns the profiles of a recording, in the order of {@link Profile}.
     *
     * @param spectrogram its levels, {@code [bands][times]}
     * @param grid its norms
     */
    static List<float[]> of(PatchImage spectrogram, CellGrid grid) {
        float[] levels = spectrogram.values();
        int times = spectrogram.width();
        int measures = grid.values().length / (grid.rows() * grid.columns());
        float[] norms = new float[grid.values().length];
        for (int row = 0; row < grid.rows(); row++) {
            for (int column = 0; column < grid.columns(); column++) {
                for (int i = 0; i < measures; i++) {
                    norms[(row * measures + i) * grid.columns() + column] =
                            grid.values()[(row * grid.columns() + column) * measures + i];
                }
            }
        }
        List<float[]> profiles = new ArrayList<>();
        profiles.add(means(levels, times, 1));
        profiles.add(deviations(levels, times));
        profiles.add(means(levels, times, LOUDEST_SHARE));
        profiles.add(means(norms, grid.columns(), 1));
        profiles.add(means(norms, grid.columns(), LOUDEST_SHARE));
        return profiles;
    }

    /** Of each series of {@code length} values, the mean over the largest, one in so many. */
    private static float[] means(float[] series, int length, int share) {
        float[] means = new float[series.length / length];
        int count = Math.max(1, length / share);
        for (int i = 0; i < means.length; i++) {
            float[] sorted = Arrays.copyOfRange(series, i * length, (i + 1) * length);
            Arrays.sort(sorted);
            double sum = 0;
            for (int j = length - count; j < length; j++) {
                sum += sorted[j];
            }
            means[i] = (float) (sum / count);
        }
        return means;
    }

    private static float[] deviations(float[] series, int length) {
        float[] means = means(series, length, 1);
        float[] deviations = new float[means.length];
        for (int i = 0; i < means.length; i++) {
            double squares = 0;
            for (int j = 0; j < length; j++) {
                double difference = series[i * length + j] - means[i];
                squares += difference * difference;
            }
            deviations[i] = (float) Math.sqrt(squares / length);
        }
        return deviations;
    }
}
