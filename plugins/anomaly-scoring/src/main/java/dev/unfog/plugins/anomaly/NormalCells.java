package dev.unfog.plugins.anomaly;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A choice of the cells of normal samples, and how far other cells lie from them: the distance to the fifth nearest, since norms can be
 * unusually low as well as high, for a patch that is too smooth.
 *
 * <p>Rows of cells are told apart where they are bands of frequency: what is usual in one is not in another. A picture is one band, as
 * anything may lie anywhere in it. Immutable; safe for use by many threads.
 */
final class NormalCells {
    private static final int NEIGHBOURS = 5;
    private static final double SMALLEST_DEVIATION = 1e-4;

    private final int measures;
    /** Of each measure over the cells of a band, {@code [bands][measures]}. */
    private final float[] means;

    private final float[] deviations;
    private final List<NearestNormals> bands;

    private NormalCells(int measures, float[] means, float[] deviations, List<NearestNormals> bands) {
        this.measures = measures;
        this.means = means;
        this.deviations = deviations;
        this.bands = bands;
    }

    /**
     * Learns from cells.
     *
     * @param bands the cells of each band, {@code [cells][measures]}, as many in each, at least five
     */
    static NormalCells of(List<float[]> bands, int measures) {
        float[] means = new float[bands.size() * measures];
        float[] deviations = new float[means.length];
        List<NearestNormals> nearest = new ArrayList<>();
        for (int band = 0; band < bands.size(); band++) {
            float[] cells = bands.get(band);
            for (int measure = 0; measure < measures; measure++) {
                double sum = 0;
                double squares = 0;
                int count = 0;
                for (int i = measure; i < cells.length; i += measures) {
                    sum += cells[i];
                    squares += (double) cells[i] * cells[i];
                    count++;
                }
                double mean = sum / count;
                double variance = Math.max(0, squares / count - mean * mean);
                means[band * measures + measure] = (float) mean;
                deviations[band * measures + measure] = (float) Math.max(SMALLEST_DEVIATION, Math.sqrt(variance));
            }
            float[] standardised = new float[cells.length];
            for (int at = 0; at < cells.length; at += measures) {
                standardise(cells, at, band, measures, means, deviations, standardised, at);
            }
            nearest.add(new NearestNormals(standardised, measures, NEIGHBOURS));
        }
        return new NormalCells(measures, means, deviations, nearest);
    }

    /**
     * Puts together what {@link #means}, {@link #deviations} and {@link #points} returned.
     *
     * @throws IllegalArgumentException if they do not fit each other
     */
    static NormalCells of(float[] means, float[] deviations, float[] points, int bands) {
        if (bands < 1 || means.length % bands != 0 || points.length % Math.max(1, means.length) != 0) {
            throw new IllegalArgumentException("the normal cells do not fit their " + bands + " bands");
        }
        int measures = means.length / bands;
        int length = points.length / bands;
        List<NearestNormals> nearest = new ArrayList<>();
        for (int band = 0; band < bands; band++) {
            float[] part = Arrays.copyOfRange(points, band * length, (band + 1) * length);
            nearest.add(new NearestNormals(part, measures, NEIGHBOURS));
        }
        return new NormalCells(measures, means, deviations, nearest);
    }

    private static void standardise(
            float[] from, int at, int band, int measures, float[] means, float[] deviations, float[] to, int place) {
        for (int i = 0; i < measures; i++) {
            int of = band * measures + i;
            to[place + i] = (from[at + i] - means[of]) / deviations[of];
        }
    }

    int bands() {
        return bands.size();
    }

    float[] means() {
        return means.clone();
    }

    float[] deviations() {
        return deviations.clone();
    }

    /** Returns the cells, standardised, a band after the other, {@code [bands][cells][measures]}. */
    float[] points() {
        List<float[]> points = bands.stream().map(NearestNormals::points).toList();
        float[] all = new float[points.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : points) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    private int band(CellGrid grid, int cell) {
        return bands.size() == 1 ? 0 : cell / grid.columns();
    }

    /** Returns the distance of each cell of a sample. */
    double[] distances(CellGrid grid) {
        List<NearestNormals.Search> searches = new ArrayList<>();
        bands.forEach(band -> searches.add(band.new Search()));
        double[] distances = new double[grid.rows() * grid.columns()];
        float[] cell = new float[measures];
        for (int i = 0; i < distances.length; i++) {
            int band = band(grid, i);
            standardise(grid.values(), i * measures, band, measures, means, deviations, cell, 0);
            distances[i] = (float) searches.get(band).distance(cell, 0);
        }
        return distances;
    }

    /** Returns which of a cell's measures is the most unusual. */
    int loudest(CellGrid grid, int cell) {
        float[] values = new float[measures];
        standardise(grid.values(), cell * measures, band(grid, cell), measures, means, deviations, values, 0);
        int loudest = 0;
        for (int i = 1; i < measures; i++) {
            loudest = Math.abs(values[i]) > Math.abs(values[loudest]) ? i : loudest;
        }
        return loudest;
    }
}
