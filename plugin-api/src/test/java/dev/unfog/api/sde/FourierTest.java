package dev.unfog.api.sde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class FourierTest {

    @Test
    void anyLengthGivesTheSumOfItsDefinition() {
        Random random = new Random(1);
        for (int n :
                new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 19, 26, 34, 60, 64, 97, 128, 143, 210, 360
                }) {
            double[] re = random.doubles(n, -1, 1).toArray();
            double[] im = random.doubles(n, -1, 1).toArray();
            double[] fr = re.clone();
            double[] fi = im.clone();
            new Fourier(n).transform(fr, fi);
            for (int k = 0; k < n; k++) {
                double sumRe = 0;
                double sumIm = 0;
                for (int j = 0; j < n; j++) {
                    double angle = -2 * Math.PI * (j * k % n) / n;
                    sumRe += re[j] * Math.cos(angle) - im[j] * Math.sin(angle);
                    sumIm += re[j] * Math.sin(angle) + im[j] * Math.cos(angle);
                }
                assertThat(fr[k]).as("n = %s, k = %s", n, k).isCloseTo(sumRe, within(1e-11));
                assertThat(fi[k]).as("n = %s, k = %s", n, k).isCloseTo(sumIm, within(1e-11));
            }
        }
    }

    @Test
    void aPlaneIsTransformedAlongBothAxes() {
        int height = 6;
        int width = 10;
        double[] re = new double[60];
        double[] im = new double[60];
        // One wave: all of it lands on its own frequency.
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double angle = 2 * Math.PI * (2.0 * y / height + 3.0 * x / width);
                re[y * width + x] = Math.cos(angle);
                im[y * width + x] = Math.sin(angle);
            }
        }
        Fourier.transform(new Fourier(width), new Fourier(height), re, im);
        for (int k = 0; k < 60; k++) {
            assertThat(re[k]).isCloseTo(k == 2 * width + 3 ? 60 : 0, within(1e-12));
            assertThat(im[k]).isCloseTo(0, within(1e-12));
        }
    }
}
