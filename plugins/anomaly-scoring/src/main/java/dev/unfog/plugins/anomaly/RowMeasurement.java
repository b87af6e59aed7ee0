package dev.unfog.plugins.anomaly;

/**
 * Measures rows: the score norm at each level, the distance to the nearest normals, and the noise seen at the level that speaks loudest.
 *
 * <p>Holds the memory for one batch; for one thread.
 */
final class RowMeasurement {
    /** How loud a norm is at a level. */
    @FunctionalInterface
    interface Loudness {
        double of(int level, double norm);
    }

    private final int width;
    private final int features;
    private final ScoreNorms.Batch batch;
    private final NearestNormals.Search search;
    private final Loudness loudness;
    private final float[] measures;
    private final int[] levels;
    private final double[] loudest;
    private final float[] noises;

    /**
     * @param most rows at once
     */
    RowMeasurement(ScoreNorms norms, NearestNormals normals, int features, int most, Loudness loudness) {
        this.width = norms.levels() + 1;
        this.features = features;
        this.loudness = loudness;
        batch = norms.new Batch(most);
        search = normals.new Search();
        measures = new float[most * width];
        levels = new int[most];
        loudest = new double[most];
        noises = new float[most * features];
    }

    /**
     * Measures rows.
     *
     * @param rows {@code [count][features]}
     */
    void measure(float[] rows, int count) {
        for (int row = 0; row < count; row++) {
            loudest[row] = Double.NEGATIVE_INFINITY;
            measures[row * width + width - 1] = (float) search.distance(rows, row * features);
        }
        batch.look(rows, count, (row, level, norm, noise) -> {
            measures[row * width + level] = (float) norm;
            double loud = loudness.of(level, norm);
            if (loud > loudest[row]) {
                loudest[row] = loud;
                levels[row] = level;
                System.arraycopy(noise, row * features, noises, row * features, features);
            }
        });
    }

    /** Returns the measures, {@code [rows][levels + 1]}: the norm at each level, then the distance. Valid until the next batch. */
    float[] measures() {
        return measures;
    }

    /** Returns the index of the level that speaks loudest for a row. */
    int level(int row) {
        return levels[row];
    }

    /** Returns the noise seen at the level that speaks loudest, {@code [rows][features]}. Valid until the next batch. */
    float[] noises() {
        return noises;
    }
}
