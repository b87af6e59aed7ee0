package dev.unfog.plugins.anomaly;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CellTextTest {
    @Test
    void numbersAreReadToTheLastBit() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 20_000; i++) {
            double value = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(-12, 15));
            String full = Double.toString(value);
            String short4 = String.format(java.util.Locale.ROOT, "%.4f", value);
            assertThat(CellText.number(full)).isEqualTo(value);
            assertThat(CellText.number(short4)).isEqualTo(Double.parseDouble(short4));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7d", "0x1p3", "1.2.3", "-", "+", ".", "abc", "1 2", "12e", "NaN", "1,5"})
    void whatIsNoNumberIsNone(String cell) {
        assertThat(CellText.number(cell)).isNaN();
    }

    @Test
    void whatIsTooLargeIsInfinite() {
        assertThat(CellText.number("1e300")).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(CellText.number("-inf")).isEqualTo(Double.NEGATIVE_INFINITY);
    }
}
