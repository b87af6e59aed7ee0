package dev.unfog.plugins.anomaly;

import java.util.Arrays;
import java.util.List;

/**
 * How far a sample as a whole lies from normal ones, each told by a vector, its profile; for instance the mean level of every band.
 *
 * <p>A difference counts in units of how much normal profiles differ in that direction (Mahalanobis 1936): where all bands rise and fall
 * together with the loudness, one that rises alone is unusual. The covariance of so few profiles is drawn towards a multiple of the unit
 * matrix, as far as their scatter asks for (Ledoit and Wolf 2004, "A well-conditioned estimator for large-dimensional covariance
 * matrices"). The distance is that to the second nearest normal profile, not to their mean, since a machine may have more than one way to
 * run. Immutable; safe for use by many threads.
 */
final class ProfileDistance {
    private static final int NEIGHBOURS = 2;
    private static final double SMALLEST_DEVIATION = 1e-6;
    private static final double LEAST_SHRINKAGE = 1e-3;

    private final int width;
    /** Means, then deviations, then rows of the matrix that makes standardised profiles white. */
    private final double[] scale;

    private final NearestNormals normals;

    private ProfileDistance(int width, double[] scale, NearestNormals normals) {
        this.width = width;
        this.scale = scale;
        this.normals = normals;
    }

    /** Learns from normal profiles, at least two, all of the same length. */
    static ProfileDistance of(List<float[]> profiles) {
        int width = profiles.get(0).length;
        int count = profiles.size();
        double[] scale = new double[2 * width + width * width];
        for (int i = 0; i < width; i++) {
            int at = i;
            double mean = profiles.stream()
                    .mapToDouble(profile -> profile[at])
                    .average()
                    .orElseThrow();
            double variance = profiles.stream()
                    .mapToDouble(profile -> (profile[at] - mean) * (profile[at] - mean))
                    .average()
                    .orElseThrow();
            scale[i] = (float) mean;
            scale[width + i] = (float) Math.max(SMALLEST_DEVIATION, Math.sqrt(variance));
        }
        double[][] rows = new double[count][width];
        for (int row = 0; row < count; row++) {
            for (int i = 0; i < width; i++) {
                rows[row][i] = (profiles.get(row)[i] - scale[i]) / scale[width + i];
            }
        }
        double[] inverse = inverseOfRoot(shrunkCovariance(rows, width), width);
        for (int i = 0; i < inverse.length; i++) {
            scale[2 * width + i] = (float) inverse[i];
        }
        float[] white = new float[count * width];
        for (int row = 0; row < count; row++) {
            System.arraycopy(white(profiles.get(row), width, scale), 0, white, row * width, width);
        }
        return new ProfileDistance(width, scale, new NearestNormals(white, width, NEIGHBOURS));
    }

    /**
     * Puts together what {@link #array} returned.
     *
     * @throws IllegalArgumentException if its length does not fit
     */
    static ProfileDistance of(float[] array, int width) {
        int length = 2 * width + width * width;
        if (width < 1 || array.length < length + NEIGHBOURS * width || (array.length - length) % width != 0) {
            throw new IllegalArgumentException("the profiles do not have " + width + " values each");
        }
        double[] scale = new double[length];
        for (int i = 0; i < length; i++) {
            scale[i] = array[i];
        }
        float[] white = Arrays.copyOfRange(array, length, array.length);
        return new ProfileDistance(width, scale, new NearestNormals(white, width, NEIGHBOURS));
    }

    /** The covariance (1 − ρ) S + ρ m I, ρ being the estimate of Ledoit and Wolf. */
    private static double[] shrunkCovariance(double[][] rows, int width) {
        int count = rows.length;
        double[] covariance = new double[width * width];
        double fourth = 0;
        for (double[] row : rows) {
            double squares = 0;
            for (int i = 0; i < width; i++) {
                squares += row[i] * row[i];
                for (int j = 0; j < width; j++) {
                    covariance[i * width + j] += row[i] * row[j] / count;
                }
            }
            fourth += squares * squares / count;
        }
        double trace = 0;
        double square = 0;
        for (int i = 0; i < width; i++) {
            trace += covariance[i * width + i];
            for (int j = 0; j < width; j++) {
                square += covariance[i * width + j] * covariance[i * width + j];
            }
        }
        double mean = trace / width;
        double spread = square - width * mean * mean;
        double error = (fourth - square) / count;
        double share = Math.max(LEAST_SHRINKAGE, spread > 0 ? Math.min(1, error / spread) : 1);
        for (int i = 0; i < covariance.length; i++) {
            covariance[i] *= 1 - share;
        }
        for (int i = 0; i < width; i++) {
            covariance[i * width + i] += share * Math.max(mean, LEAST_SHRINKAGE);
        }
        return covariance;
    }

    /** The inverse of the lower triangular root of a positive definite matrix (Cholesky). */
    private static double[] inverseOfRoot(double[] matrix, int width) {
        double[] root = new double[width * width];
        for (int i = 0; i < width; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = matrix[i * width + j];
                for (int k = 0; k < j; k++) {
                    sum -= root[i * width + k] * root[j * width + k];
                }
                root[i * width + j] = i == j ? Math.sqrt(sum) : sum / root[j * width + j];
            }
        }
        double[] inverse = new double[width * width];
        for (int column = 0; column < width; column++) {
            for (int i = column; i < width; i++) {
                double sum = i == column ? 1 : 0;
                for (int k = column; k < i; k++) {
                    sum -= root[i * width + k] * inverse[k * width + column];
                }
                inverse[i * width + column] = sum / root[i * width + i];
            }
        }
        return inverse;
    }

    private static float[] white(float[] profile, int width, double[] scale) {
        double[] standardised = new double[width];
        for (int i = 0; i < width; i++) {
            standardised[i] = (profile[i] - scale[i]) / scale[width + i];
        }
        float[] white = new float[width];
        for (int i = 0; i < width; i++) {
            double sum = 0;
            for (int j = 0; j <= i; j++) {
                sum += scale[2 * width + i * width + j] * standardised[j];
            }
            white[i] = (float) sum;
        }
        return white;
    }

    int width() {
        return width;
    }

    /** Returns all there is to keep: scale and normal profiles. */
    float[] array() {
        float[] points = normals.points();
        float[] array = new float[scale.length + points.length];
        for (int i = 0; i < scale.length; i++) {
            array[i] = (float) scale[i];
        }
        System.arraycopy(points, 0, array, scale.length, points.length);
        return array;
    }

    /** Returns how far a profile lies from the normal ones: about the root of its length for one that is normal. */
    double distance(float[] profile) {
        return normals.new Search().distance(white(profile, width, scale), 0);
    }

    /** Returns which value of a profile is the most unusual, each taken by itself. */
    int strongest(float[] profile) {
        int strongest = 0;
        double most = -1;
        for (int i = 0; i < width; i++) {
            double excess = Math.abs(profile[i] - scale[i]) / scale[width + i];
            if (excess > most) {
                most = excess;
                strongest = i;
            }
        }
        return strongest;
    }
}
