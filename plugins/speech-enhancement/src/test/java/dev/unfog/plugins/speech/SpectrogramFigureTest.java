package dev.unfog.plugins.speech;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SpectrogramFigureTest {
    private static final int TOP = 32;
    private static final int ROWS = 256;

    private static double brightness(TestRun run, int x, int y) {
        float[] values = run.pictures.get("spectrogram");
        int plane = values.length / 3;
        int at = y * run.pictureWidth + x;
        return (values[at] + values[plane + at] + values[2 * plane + at]) / 3;
    }

    @Test
    void a_tone_is_a_bright_line_where_it_was_and_is_gone_where_it_was_taken_away() {
        float[] sound = new float[48000];
        for (int i = 0; i < sound.length; i++) {
            sound[i] = (float) (0.5 * Math.sin(2 * Math.PI * 4000 * i / 16000.0));
        }
        TestRun run = new TestRun(0, (row, at) -> 0);
        TestRun.clean(run, 16000, Map.of("spectrogram", "true"), sound);
        assertThat(run.pictures).containsOnlyKeys("spectrogram");
        // Half of half the rate is the middle of a panel.
        int middle = ROWS / 2;
        double line = 0;
        double away = 0;
        double after = 0;
        for (int x = 100; x < 400; x++) {
            double brightest = 0;
            for (int y = middle - 2; y <= middle + 2; y++) {
                brightest = Math.max(brightest, brightness(run, x, TOP + y));
            }
            line += brightest / 300;
            away += brightness(run, x, TOP + 20) / 300;
            after += brightness(run, x, 2 * TOP + ROWS + middle) / 300;
        }
        assertThat(line).isGreaterThan(0.7);
        assertThat(away).isLessThan(0.15);
        assertThat(after).isLessThan(0.15);
    }

    @Test
    void without_the_flag_there_is_none_and_a_single_frame_has_one() {
        TestRun none = new TestRun(0, (row, at) -> row[at]);
        TestRun.clean(none, 16000, Map.of(), new float[100]);
        assertThat(none.pictures).isEmpty();
        TestRun one = new TestRun(0, (row, at) -> row[at]);
        TestRun.clean(one, 48000, Map.of("spectrogram", "true"), new float[] {0.5f});
        assertThat(one.pictures).hasSize(1);
    }
}
