package dev.unfog.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unfog.api.UnfogException;
import dev.unfog.api.plugin.Scorer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScoreReportTest {
    private final List<String[]> lines = new ArrayList<>();

    private static Scorer.Score score(double pValue) {
        return new Scorer.Score(1 / pValue, pValue, Map.of("level", 0.5, "columns", List.of("a", "b")));
    }

    private ScoreReport report(double threshold, boolean isRate) {
        return new ScoreReport(threshold, isRate, "abc", line -> lines.add(line.clone()));
    }

    private List<String> flags() {
        return lines.stream().map(line -> line[4]).toList();
    }

    @Test
    void aPValueAtMostAlphaIsFlaggedAtOnce() {
        try (ScoreReport report = report(0.05, false)) {
            report.add("t.csv", 1, score(0.05));
            report.add("t.csv", 2, score(0.06));

            assertThat(flags()).containsExactly("1", "0");
            assertThat(lines.get(0)).containsExactly("t.csv", "1", "20.0", "0.05", "1", "0.5", "a; b", "", "abc");
        }
    }

    @Test
    void aFalseDiscoveryRateWaitsForAll() {
        try (ScoreReport report = report(0.05, true)) {
            for (double pValue : new double[] {0.02, 0.9, 0.01, 0.03, 0.8}) {
                report.add("t.csv", 1, score(pValue));
            }
            assertThat(lines).isEmpty();
            report.finish();

            assertThat(flags()).containsExactly("1", "0", "1", "1", "0");
            assertThat(report.flagged()).isEqualTo(3);
        }
    }

    @Test
    void aSampleThatCannotBeScoredKeepsItsPlaceAndItsError() {
        for (boolean isRate : new boolean[] {false, true}) {
            lines.clear();
            try (ScoreReport report = report(0.05, isRate)) {
                report.add("t.csv", 1, score(0.5));
                report.add("t.csv", 2, new Scorer.Score(Double.NaN, Double.NaN, Map.of("error", "broken")));
                report.add("t.csv", 3, score(0.001));
                report.finish();

                assertThat(flags()).containsExactly("0", "0", "1");
                assertThat(lines.get(1)[7]).isEqualTo("broken");
                assertThat(report.unreadable()).isEqualTo(1);
            }
        }
    }

    @Test
    void itIsSaidWhereNothingCanBeFlagged() {
        try (ScoreReport rate = report(0.05, true);
                ScoreReport alpha = report(0.05, false)) {
            rate.add("t.csv", 1, score(0.1));
            rate.finish();

            assertThat(rate.remarks(9)).anyMatch(remark -> remark.contains("no discovery is possible at --fdr 0.05"));
            assertThat(alpha.remarks(9)).anyMatch(remark -> remark.contains("nothing can be flagged"));
            assertThat(alpha.remarks(99)).noneMatch(remark -> remark.contains("warning"));
        }
    }

    @Test
    void pValuesThatCrowdAreReportedAsDrift() {
        try (ScoreReport report = report(0.05, false)) {
            for (int i = 0; i < 300; i++) {
                report.add("t.csv", i + 1, score(0.11 + 0.3 * i / 300));
            }

            assertThat(report.remarks(199)).anyMatch(remark -> remark.contains("not spread evenly"));
        }
    }

    @Test
    void aThresholdThatIsNoShareIsRefused() {
        assertThatThrownBy(() -> report(5, false).close())
                .isInstanceOf(UnfogException.class)
                .hasMessageContaining("--alpha");
    }
}
