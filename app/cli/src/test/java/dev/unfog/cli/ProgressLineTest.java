package dev.unfog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private final StringWriter written = new StringWriter();
    private final AtomicLong clock = new AtomicLong();

    private ProgressLine open(boolean interactive) {
        PrintWriter err = new PrintWriter(written, true);
        return new ProgressLine(new Terminal(err, err, interactive, 72), clock::get);
    }

    private void afterSeconds(double seconds) {
        clock.addAndGet((long) (seconds * 1e9));
    }

    @Test
    void aWatchedLineShowsBarShareAndTimeLeft() {
        try (ProgressLine line = open(true)) {
            afterSeconds(2);
            line.report(0.25, "photo.jpg");
        }
        assertThat(written.toString()).startsWith("\r\u001b[K[#####---------------]  25%  0:06 left  photo.jpg");
    }

    @Test
    void aWatchedLineIsRedrawnAtMostTenTimesASecondAndFitsTheWidth() {
        try (ProgressLine line = open(true)) {
            for (int i = 0; i < 1000; i++) {
                afterSeconds(0.001);
                line.report(i / 1000.0, "a message that is much longer than the window is wide and so is cut off");
            }
        }
        String[] redraws = written.toString().split("\r\u001b\\[K");
        assertThat(redraws.length).isBetween(8, 12);
        assertThat(redraws).allSatisfy(redraw -> assertThat(redraw.length()).isLessThan(72));
    }

    @Test
    void aWatchedLineIsThereAtOnce() {
        try (ProgressLine line = open(true)) {
            line.report(0, "photo.jpg");
            assertThat(written.toString()).endsWith("]   0%  photo.jpg");
        }
    }

    @Test
    void anUnwatchedLineIsPrintedEveryTenSecondsWithoutControlCharacters() {
        try (ProgressLine line = open(false)) {
            for (int i = 1; i <= 30; i++) {
                afterSeconds(1);
                line.report(i / 60.0, "photo.jpg");
            }
        }
        assertThat(written.toString().lines())
                .containsExactly("16%  0:50 left  photo.jpg", "33%  0:40 left  photo.jpg", "50%  0:30 left  photo.jpg");
        assertThat(written.toString()).doesNotContain("\r\u001b");
    }

    @Test
    void aMessageTakesTheLineAwayFirst() {
        try (ProgressLine line = open(true)) {
            afterSeconds(1);
            line.report(0.5, "photo.jpg");
            line.message("photo.webp: the result is a PNG");
        }
        assertThat(written.toString()).endsWith("\r\u001b[Kphoto.webp: the result is a PNG" + System.lineSeparator());
    }

    @Test
    void theShareNeverFalls() {
        try (ProgressLine line = open(false)) {
            afterSeconds(11);
            line.report(0.5, "first");
            afterSeconds(11);
            line.report(0.2, "second");
        }
        assertThat(written.toString().lines()).last().asString().startsWith("50%");
    }
}
