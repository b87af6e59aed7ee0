package dev.unfog.core.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RankingQualityTest {
    @Test
    void aPerfectRankingComesToOne() {
        RankingQuality quality = RankingQuality.of(new double[] {1, 5, 2, 4}, new boolean[] {false, true, false, true});

        assertThat(quality).isEqualTo(new RankingQuality(1, 1));
    }

    @Test
    void scoresThatAreAllEqualComeToChance() {
        RankingQuality quality =
                RankingQuality.of(new double[] {3, 3, 3, 3}, new boolean[] {false, true, false, false});

        assertThat(quality).isEqualTo(new RankingQuality(0.5, 0.25));
    }

    @Test
    void theAreaIsTheShareOfPairsInTheRightOrder() {
        SplittableRandom random = new SplittableRandom(7);
        double[] scores = new double[200];
        boolean[] anomalous = new boolean[200];
        for (int i = 0; i < scores.length; i++) {
            anomalous[i] = i % 3 == 0;
            scores[i] = random.nextInt(20) + (anomalous[i] ? 4 : 0);
        }
        double right = 0;
        double pairs = 0;
        for (int a = 0; a < scores.length; a++) {
            for (int n = 0; n < scores.length; n++) {
                if (anomalous[a] && !anomalous[n]) {
                    pairs++;
                    right += scores[a] > scores[n] ? 1 : scores[a] == scores[n] ? 0.5 : 0;
                }
            }
        }

        assertThat(RankingQuality.of(scores, anomalous).auroc()).isCloseTo(right / pairs, within(1e-12));
    }

    @Test
    void theAveragePrecisionIsThatOfAWorkedExample() {
        // From the top: anomaly (precision 1), normal, anomaly (2/3), normal, anomaly (3/5).
        RankingQuality quality =
                RankingQuality.of(new double[] {9, 8, 7, 6, 5}, new boolean[] {true, false, true, false, true});

        assertThat(quality.averagePrecision()).isCloseTo((1 + 2 / 3.0 + 3 / 5.0) / 3, within(1e-12));
    }

    @Test
    void countsGiveWhatTheScoresThemselvesGive() {
        double[] scores = {0, 1, 1, 2, 2, 2, 3};
        boolean[] anomalous = {false, false, true, false, true, true, false};

        assertThat(RankingQuality.ofCounts(new long[] {0, 1, 2, 0}, new long[] {1, 1, 1, 1}))
                .isEqualTo(RankingQuality.of(scores, anomalous));
    }

    @Test
    void labelsOfOneKindAreRefused() {
        assertThatThrownBy(() -> RankingQuality.of(new double[] {1, 2}, new boolean[] {true, true}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not 2 and 0");
    }
}
