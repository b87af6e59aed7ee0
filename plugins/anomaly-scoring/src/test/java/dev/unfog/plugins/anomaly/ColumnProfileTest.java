package dev.unfog.plugins.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.unfog.api.UnfogException;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ColumnProfileTest {
    private static final Offset<Float> CLOSE = within(1e-6f);

    private static TableColumn column(String... cells) {
        ColumnProfile profile = new ColumnProfile("c");
        for (String cell : cells) {
            profile.add(cell);
        }
        return profile.column("t.csv").orElseThrow();
    }

    private static float[] encoded(TableColumn column, String cell) {
        float[] features = new float[column.features()];
        column.encode(cell, features, 0);
        return features;
    }

    @Test
    void numbersAreStandardised() {
        TableColumn column = column("1", "3");

        assertThat(encoded(column, "4")).containsExactly(2f);
    }

    @Test
    void aMissingNumberIsTheMeanAndSaysThatItIsMissing() {
        TableColumn column = column("1", "", "3", "NA");

        assertThat(encoded(column, "?")).containsExactly(new float[] {0, 1}, CLOSE);
        assertThat(encoded(column, "3")).containsExactly(new float[] {1, -1}, CLOSE);
    }

    @Test
    void wordsAreOneHotAndAnUnknownWordStandsOut() {
        TableColumn column = column("red", "green", "red", "green");

        assertThat(encoded(column, "green")).containsExactly(new float[] {1, -1, 0}, CLOSE);
        assertThat(encoded(column, "blue")).containsExactly(new float[] {-1, -1, 5}, CLOSE);
    }

    @Test
    void aConstantColumnMakesAnyOtherValueStandOut() {
        assertThat(encoded(column("0.001", "0.001", "0.001"), "0.003")).containsExactly(new float[] {2}, within(1e-4f));
        assertThat(encoded(column("7", "7"), "7")).containsExactly(0f);
    }

    @Test
    void aWordInAColumnOfNumbersIsRefusedAndItsRowNamed() {
        assertThatThrownBy(() -> column("1", "2", "3", "broken", "4"))
                .isInstanceOf(UnfogException.class)
                .hasMessageContaining("column 'c' holds numbers, but 'broken' in row 4")
                .hasMessageContaining("--ignore c");
    }

    @Test
    void textThatIsNoCategoryIsRefused() {
        String[] names = new String[200];
        for (int i = 0; i < names.length; i++) {
            names[i] = "name" + i;
        }

        assertThatThrownBy(() -> column(names)).hasMessageContaining("more than 100 different words");
    }

    @Test
    void aColumnWithoutValuesIsLeftOut() {
        ColumnProfile profile = new ColumnProfile("c");
        profile.add("");
        profile.add("NaN");

        assertThat(profile.column("t.csv")).isEmpty();
    }

    @Test
    void aColumnSurvivesItsDescription() {
        for (TableColumn column : new TableColumn[] {column("1", "", "4"), column("a", "b", "")}) {
            assertThat(TableColumn.of(new ModelDescription(column.describe()))).isEqualTo(column);
        }
    }

    @Test
    void infinityIsFarAwayButFinite() {
        assertThat(encoded(column("1", "3"), "Infinity")).containsExactly(TableColumn.LIMIT);
    }
}
