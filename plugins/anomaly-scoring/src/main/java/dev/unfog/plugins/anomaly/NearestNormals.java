package dev.unfog.plugins.anomaly;

import java.util.Arrays;

/**
 * Normal samples as points, and how far others lie from the k-th nearest of them: an exact k-d tree (Bentley 1975) whose search keeps
 * the distance to the current box along each axis (Arya and Mount 1993).
 *
 * <p>Immutable; safe for use by many threads.
 */
final class NearestNormals {
    private static final int LEAF = 12;

    private final int dimensions;
    private final int neighbours;
    /** The points in the order of the tree's leaves. */
    private final float[] points;
    /** A node's axis, or -1 for a leaf; its children are 2i+1 and 2i+2. */
    private final int[] axes;

    private final float[] cuts;
    private final int[] starts;
    private final int[] ends;

    /**
     * Builds the tree.
     *
     * @param points {@code [count][dimensions]}, one after the other; not kept
     * @param dimensions of a point
     * @param neighbours which of the nearest counts, from 1; at most as many as there are points
     */
    NearestNormals(float[] points, int dimensions, int neighbours) {
        int count = points.length / dimensions;
        if (count < neighbours || neighbours < 1) {
            throw new IllegalArgumentException(count + " points have no neighbour number " + neighbours);
        }
        this.dimensions = dimensions;
        this.neighbours = neighbours;
        int leaves = 1;
        while ((long) leaves * LEAF < count) {
            leaves *= 2;
        }
        axes = new int[2 * leaves - 1];
        cuts = new float[axes.length];
        starts = new int[axes.length];
        ends = new int[axes.length];
        Integer[] order = new Integer[count];
        Arrays.setAll(order, i -> i);
        build(0, points, order, 0, count);
        this.points = new float[count * dimensions];
        for (int i = 0; i < count; i++) {
            System.arraycopy(points, order[i] * dimensions, this.points, i * dimensions, dimensions);
        }
    }

    private void build(int node, float[] from, Integer[] order, int start, int end) {
        starts[node] = start;
        ends[node] = end;
        axes[node] = -1;
        if (2 * node + 2 >= axes.length || end - start < 2) {
            return;
        }
        int axis = widest(from, order, start, end);
        Arrays.sort(
                order, start, end, (a, b) -> Float.compare(from[a * dimensions + axis], from[b * dimensions + axis]));
        int middle = (start + end) >>> 1;
        axes[node] = axis;
        cuts[node] = from[order[middle] * dimensions + axis];
        build(2 * node + 1, from, order, start, middle);
        build(2 * node + 2, from, order, middle, end);
    }

    private int widest(float[] from, Integer[] order, int start, int end) {
        int widest = 0;
        float width = -1;
        for (int axis = 0; axis < dimensions; axis++) {
            float low = Float.POSITIVE_INFINITY;
            float high = Float.NEGATIVE_INFINITY;
            for (int i = start; i < end; i++) {
                float value = from[order[i] * dimensions + axis];
                low = Math.min(low, value);
                high = Math.max(high, value);
            }
            if (high - low > width) {
                width = high - low;
                widest = axis;
            }
        }
        return widest;
    }

    /** Returns the points, {@code [count][dimensions]}; a copy, in the order of the tree. */
    float[] points() {
        return points.clone();
    }

    /** A search, whose memory is used again by the next; for one thread. */
    final class Search {
        private final double[] nearest = new double[neighbours];
        private final double[] gaps = new double[dimensions];
        private float[] from = new float[0];
        private int offset;

        /** Returns the Euclidean distance from a point to its k-th nearest normal sample. */
        double distance(float[] values, int at) {
            from = values;
            offset = at;
            Arrays.fill(nearest, Double.POSITIVE_INFINITY);
            Arrays.fill(gaps, 0);
            visit(0, 0);
            return Math.sqrt(nearest[neighbours - 1]);
        }

        private void visit(int node, double bound) {
            int axis = axes[node];
            if (axis < 0) {
                scan(starts[node], ends[node]);
                return;
            }
            double gap = (double) from[offset + axis] - cuts[node];
            int near = gap < 0 ? 2 * node + 1 : 2 * node + 2;
            visit(near, bound);
            double before = gaps[axis];
            // Further from the other side than from any cut before on this axis, so that only the difference is added.
            double further = bound - before * before + gap * gap;
            if (further < nearest[neighbours - 1]) {
                gaps[axis] = gap;
                visit(near == 2 * node + 1 ? 2 * node + 2 : 2 * node + 1, further);
                gaps[axis] = before;
            }
        }

        private void scan(int start, int end) {
            for (int point = start; point < end; point++) {
                double bound = nearest[neighbours - 1];
                double sum = 0;
                int base = point * dimensions;
                for (int axis = 0; axis < dimensions; axis++) {
                    double difference = (double) from[offset + axis] - points[base + axis];
                    sum += difference * difference;
                    if (sum >= bound) {
                        break;
                    }
                }
                if (sum < bound) {
                    int place = neighbours - 1;
                    while (place > 0 && nearest[place - 1] > sum) {
                        nearest[place] = nearest[place - 1];
                        place--;
                    }
                    nearest[place] = sum;
                }
            }
        }
    }
}
