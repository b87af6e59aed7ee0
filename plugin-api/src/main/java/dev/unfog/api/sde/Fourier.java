package dev.unfog.api.sde;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The discrete Fourier transform of any length, X_k = Σ x_j exp(−2πi jk/n).
 *
 * <p>Lengths without a large prime factor by Stockham's autosort algorithm with mixed radices (Van Loan 1992,
 * "Computational Frameworks for the Fast Fourier Transform", section 1.7); others as a convolution with a chirp (Bluestein
 * 1970, "A linear filtering approach to the computation of discrete Fourier transform"). Immutable.
 */
final class Fourier {
    private static final int LARGEST_RADIX = 13;
    /** How many columns are gathered at once, so that a cache line that was fetched is used. */
    private static final int COLUMNS = 8;
    /** How many positions a plane has from which on threads gain more than they cost. */
    private static final int WORTH_THREADS = 1 << 16;

    private final int length;
    private final int[] radices;
    /** cos and −sin of 2π k/n. */
    private final double[] cosine;

    private final double[] sine;

    private final @Nullable Fourier padded;
    /** exp(−πi k²/n), and the transform of its conjugate, wrapped, at the padded length. */
    private final double[] chirpRe;

    private final double[] chirpIm;
    private final double[] filterRe;
    private final double[] filterIm;

    Fourier(int length) {
        this.length = length;
        List<Integer> factors = new ArrayList<>();
        int rest = length;
        for (int radix : new int[] {4, 2, 3, 5, 7, 11, LARGEST_RADIX}) {
            while (rest % radix == 0) {
                factors.add(radix);
                rest /= radix;
            }
        }
        radices = factors.stream().mapToInt(Integer::intValue).toArray();
        cosine = new double[length];
        sine = new double[length];
        for (int k = 0; k < length; k++) {
            cosine[k] = StrictMath.cos(2 * Math.PI * k / length);
            sine[k] = -StrictMath.sin(2 * Math.PI * k / length);
        }
        if (rest == 1) {
            padded = null;
            chirpRe = chirpIm = filterRe = filterIm = new double[0];
            return;
        }
        int size = Integer.highestOneBit(2 * length - 1) << 1;
        padded = new Fourier(size);
        chirpRe = new double[length];
        chirpIm = new double[length];
        filterRe = new double[size];
        filterIm = new double[size];
        for (int k = 0; k < length; k++) {
            // k² modulo 2n keeps the angle small and exact.
            double angle = Math.PI * ((long) k * k % (2L * length)) / length;
            chirpRe[k] = StrictMath.cos(angle);
            chirpIm[k] = -StrictMath.sin(angle);
            filterRe[k] = chirpRe[k];
            filterIm[k] = -chirpIm[k];
            filterRe[(size - k) % size] = filterRe[k];
            filterIm[(size - k) % size] = filterIm[k];
        }
        padded.transform(filterRe, filterIm);
    }

    /** Transforms in place. */
    void transform(double[] re, double[] im) {
        if (padded != null) {
            chirp(padded, re, im);
        } else {
            stockham(re, im);
        }
    }

    private void chirp(Fourier plan, double[] re, double[] im) {
        double[] ar = new double[plan.length];
        double[] ai = new double[plan.length];
        for (int k = 0; k < length; k++) {
            ar[k] = re[k] * chirpRe[k] - im[k] * chirpIm[k];
            ai[k] = re[k] * chirpIm[k] + im[k] * chirpRe[k];
        }
        plan.transform(ar, ai);
        for (int k = 0; k < plan.length; k++) {
            double r = ar[k] * filterRe[k] - ai[k] * filterIm[k];
            ai[k] = ar[k] * filterIm[k] + ai[k] * filterRe[k];
            ar[k] = r;
        }
        // The inverse is the transform with the parts exchanged.
        plan.transform(ai, ar);
        for (int k = 0; k < length; k++) {
            double r = ar[k] / plan.length;
            double i = ai[k] / plan.length;
            re[k] = r * chirpRe[k] - i * chirpIm[k];
            im[k] = r * chirpIm[k] + i * chirpRe[k];
        }
    }

    private void stockham(double[] re, double[] im) {
        double[] xr = re;
        double[] xi = im;
        double[] yr = new double[length];
        double[] yi = new double[length];
        int n = length;
        int stride = 1;
        for (int radix : radices) {
            int m = n / radix;
            switch (radix) {
                case 2 -> pass2(xr, xi, yr, yi, m, stride);
                case 4 -> pass4(xr, xi, yr, yi, m, stride);
                default -> pass(radix, xr, xi, yr, yi, m, stride);
            }
            double[] swap = xr;
            xr = yr;
            yr = swap;
            swap = xi;
            xi = yi;
            yi = swap;
            n = m;
            stride *= radix;
        }
        if (xr != re) {
            System.arraycopy(xr, 0, re, 0, length);
            System.arraycopy(xi, 0, im, 0, length);
        }
    }

    private void pass2(double[] xr, double[] xi, double[] yr, double[] yi, int m, int stride) {
        for (int p = 0; p < m; p++) {
            double wr = cosine[p * stride];
            double wi = sine[p * stride];
            for (int q = 0; q < stride; q++) {
                int a = q + stride * p;
                int b = a + stride * m;
                int y = q + stride * 2 * p;
                double dr = xr[a] - xr[b];
                double di = xi[a] - xi[b];
                yr[y] = xr[a] + xr[b];
                yi[y] = xi[a] + xi[b];
                yr[y + stride] = dr * wr - di * wi;
                yi[y + stride] = dr * wi + di * wr;
            }
        }
    }

    private void pass4(double[] xr, double[] xi, double[] yr, double[] yi, int m, int stride) {
        for (int p = 0; p < m; p++) {
            double w1r = cosine[p * stride];
            double w1i = sine[p * stride];
            double w2r = cosine[2 * p * stride];
            double w2i = sine[2 * p * stride];
            double w3r = cosine[3 * p * stride];
            double w3i = sine[3 * p * stride];
            int step = stride * m;
            for (int q = 0; q < stride; q++) {
                int a = q + stride * p;
                int b = a + step;
                int c = b + step;
                int d = c + step;
                double acr = xr[a] + xr[c];
                double aci = xi[a] + xi[c];
                double bdr = xr[b] + xr[d];
                double bdi = xi[b] + xi[d];
                double amcr = xr[a] - xr[c];
                double amci = xi[a] - xi[c];
                // −i (b − d)
                double bmdr = xi[b] - xi[d];
                double bmdi = xr[d] - xr[b];
                int y = q + stride * 4 * p;
                yr[y] = acr + bdr;
                yi[y] = aci + bdi;
                double r = amcr + bmdr;
                double i = amci + bmdi;
                yr[y + stride] = r * w1r - i * w1i;
                yi[y + stride] = r * w1i + i * w1r;
                r = acr - bdr;
                i = aci - bdi;
                yr[y + 2 * stride] = r * w2r - i * w2i;
                yi[y + 2 * stride] = r * w2i + i * w2r;
                r = amcr - bmdr;
                i = amci - bmdi;
                yr[y + 3 * stride] = r * w3r - i * w3i;
                yi[y + 3 * stride] = r * w3i + i * w3r;
            }
        }
    }

    private void pass(int radix, double[] xr, double[] xi, double[] yr, double[] yi, int m, int stride) {
        int turn = length / radix;
        double[] sumRe = new double[stride];
        double[] sumIm = new double[stride];
        for (int p = 0; p < m; p++) {
            for (int k = 0; k < radix; k++) {
                Arrays.fill(sumRe, 0);
                Arrays.fill(sumIm, 0);
                for (int j = 0; j < radix; j++) {
                    int from = stride * (p + m * j);
                    double cr = cosine[j * k % radix * turn];
                    double ci = sine[j * k % radix * turn];
                    for (int q = 0; q < stride; q++) {
                        sumRe[q] += xr[from + q] * cr - xi[from + q] * ci;
                        sumIm[q] += xr[from + q] * ci + xi[from + q] * cr;
                    }
                }
                double wr = cosine[p * k * stride];
                double wi = sine[p * k * stride];
                int to = stride * (radix * p + k);
                for (int q = 0; q < stride; q++) {
                    yr[to + q] = sumRe[q] * wr - sumIm[q] * wi;
                    yi[to + q] = sumRe[q] * wi + sumIm[q] * wr;
                }
            }
        }
    }

    private static IntStream lines(int count, int positions) {
        IntStream lines = IntStream.range(0, count);
        return positions < WORTH_THREADS ? lines : lines.parallel();
    }

    /** Transforms the rows and the columns of a plane in place, on the common pool if they are many. */
    static void transform(Fourier ofRows, Fourier ofColumns, double[] re, double[] im) {
        int width = ofRows.length;
        int height = ofColumns.length;
        lines(height, re.length).forEach(row -> {
            double[] r = new double[width];
            double[] i = new double[width];
            System.arraycopy(re, row * width, r, 0, width);
            System.arraycopy(im, row * width, i, 0, width);
            ofRows.transform(r, i);
            System.arraycopy(r, 0, re, row * width, width);
            System.arraycopy(i, 0, im, row * width, width);
        });
        lines((width + COLUMNS - 1) / COLUMNS, re.length).forEach(group -> {
            int first = group * COLUMNS;
            int count = Math.min(COLUMNS, width - first);
            double[][] r = new double[count][height];
            double[][] i = new double[count][height];
            for (int row = 0; row < height; row++) {
                for (int c = 0; c < count; c++) {
                    r[c][row] = re[row * width + first + c];
                    i[c][row] = im[row * width + first + c];
                }
            }
            for (int c = 0; c < count; c++) {
                ofColumns.transform(r[c], i[c]);
            }
            for (int row = 0; row < height; row++) {
                for (int c = 0; c < count; c++) {
                    re[row * width + first + c] = r[c][row];
                    im[row * width + first + c] = i[c][row];
                }
            }
        });
    }
}
