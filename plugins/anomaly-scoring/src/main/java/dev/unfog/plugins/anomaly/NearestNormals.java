package dev.unfog.plugins.anomaly;

import java.util.Arrays;

/**
 * Normal samples as points, and how far others lie from the k-th nearest of them: an exact k-d tree (Bentley 1975) whose search keeps
 * the distance to the current box along each axis (Arya and Mount 1993).
 *
 * <p>Its leaves are large and hold their points axis by axis, so that a leaf is compared by vector instructions: faster than a finer tree
 * wherever points have more than a few dimensions. Immutable; safe for use by many threads.
 */
final class NearestNormals {
    private static final int LEAF = 256;

    private final int dimensions;
    private final int neighbours;
    /** The points, a leaf after the other; within a leaf, all values of one axis after those of another. */
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
        for (int node = 0; node < axes.length; node++) {
            if (axes[node] < 0 && isReached(node)) {
                int size = ends[node] - starts[node];
                for (int i = 0; i < size; i++) {
                    int from = order[starts[node] + i] * dimensions;
                    for (int axis = 0; axis < dimensions; axis++) {
                        this.points[starts[node] * dimensions + axis * size + i] = points[from + axis];
                    }
                }
            }
        }
    }

    /** A node below a leaf is none. */
    private boolean isReached(int node) {
        return node == 0 || (axes[(node - 1) / 2] >= 0 && isReached((node - 1) / 2));
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
        float[] copy = new float[points.length];
        for (int node = 0; node < axes.length; node++) {
            if (axes[node] < 0 && isReached(node)) {
                int size = ends[node] - starts[node];
                for (int i = 0; i < size; i++) {
                    for (int axis = 0; axis < dimensions; axis++) {
                        copy[(starts[node] + i) * dimensions + axis] =
                                points[starts[node] * dimensions + axis * size + i];
                    }
                }
            }
        }
        return copy;
    }

    /** A search, whose memory is used again by the next; for one thread. */
    final class Search {
        private final double[] nearest = new double[neighbours];
        private final double[] gaps = new double[dimensions];
        private final float[] sums = new float[LEAF];
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
            int size = end - start;
            Arrays.fill(sums, 0, size, 0);
            int axis = 0;
            for (; axis + 4 <= dimensions; axis += 4) {
                addFour(start * dimensions + axis * size, size, offset + axis);
            }
            for (; axis < dimensions; axis++) {
                addOne(start * dimensions + axis * size, size, from[offset + axis]);
            }
            double bound = nearest[neighbours - 1];
            for (int point = 0; point < size; point++) {
                double sum = sums[point];
                if (sum < bound) {
                    int place = neighbours - 1;
                    while (place > 0 && nearest[place - 1] > sum) {
                        nearest[place] = nearest[place - 1];
                        place--;
                    }
                    nearest[place] = sum;
                    bound = nearest[neighbours - 1];
                }
            }
        }

        private void addFour(int base, int size, int at) {
            float[] all = points;
            float[] total = sums;
            float first = from[at];
            float second = from[at + 1];
            float third = from[at + 2];
            float fourth = from[at + 3];
            for (int i = 0; i < size; i++) {
                float a = first - all[base + i];
                float b = second - all[base + size + i];
                float c = third - all[base + 2 * size + i];
                float d = fourth - all[base + 3 * size + i];
                total[i] += a * a + b * b + c * c + d * d;
            }
        }

        private void addOne(int base, int size, float value) {
            float[] all = points;
            float[] total = sums;
            for (int i = 0; i < size; i++) {
                float difference = value - all[base + i];
                total[i] += difference * difference;
            }
        }
    }
}
