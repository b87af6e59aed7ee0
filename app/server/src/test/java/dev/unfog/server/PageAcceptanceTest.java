package dev.unfog.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.unfog.server.job.JobLimits;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A person at the page, with the keyboard, in a real browser: on a desk and on a telephone. */
@Tag("acceptance")
final class PageAcceptanceTest {
    private static final String STATE = "document.querySelector('.job > header .state')?.textContent";

    /** The elements that take part but have no name for a screen reader. */
    private static final String NAMELESS =
            "[...document.querySelectorAll('button, a[href], input, select, canvas, img')]"
                    + ".filter((e) => e.offsetParent && e.getAttribute('aria-hidden') !== 'true' && !e.hasAttribute('alt')"
                    + " && !(e.getAttribute('aria-label') || e.textContent.trim() || (e.labels && e.labels.length)))"
                    + ".map((e) => e.outerHTML.slice(0, 120))";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1280, 400})
    void picturesAndRecordingsAreCleanedComparedAndDeleted(int width) throws Exception {
        Path picture = Files.write(folder.resolve("sea.png"), ServerFixture.png(120, 90));
        Path recording = tone(folder.resolve("talk.wav"));
        JobLimits limits = new JobLimits(1 << 24, 20, 20, Duration.ofDays(1), Duration.ofSeconds(60), 128L << 20);
        try (ServerFixture fixture = new ServerFixture(folder, limits);
                Chromium browser = new Chromium(folder.resolve("profile"), width, 900)) {
            browser.open(fixture.uri("/"));
            browser.await("document.querySelector('#version').textContent !== ''");
            assertReadyFast(browser);

            // A parameter is changed; progress is watched; the job is cancelled.
            browser.chooseFiles("#files", picture);
            browser.await("document.querySelector('#parameters select:not(details select)')");
            browser.evaluate("{ const s = [...document.querySelectorAll('#parameters select')]"
                    + ".find((e) => [...e.options].some((o) => o.value === 'slow')); s.value = 'slow'; }");
            browser.press("Run");
            browser.await("document.querySelector('.job > progress')?.value > 0");
            browser.await("document.querySelector('.message').textContent.includes('step')");
            browser.press("Cancel");
            browser.await(STATE + " === 'Cancelled'");

            // The same with what is usual; the result is compared and downloaded.
            browser.chooseFiles("#files", picture);
            browser.await("document.querySelector('#parameters .parameters')");
            browser.evaluate("{ const s = [...document.querySelectorAll('#parameters select')]"
                    + ".find((e) => [...e.options].some((o) => o.value === 'slow')); s.value = 'quick'; }");
            browser.press("Run");
            browser.await(STATE + " === 'Done'");
            browser.await("document.querySelector('.wipe')");
            assertDrawn(browser, "canvas.view");
            browser.press("Difference × 8");
            browser.await(
                    "[...document.querySelectorAll('[aria-pressed=true]')].some((b) => b.textContent.startsWith('Difference'))");
            browser.press("100 %");
            JsonNode downloaded = browser.evaluate("fetch(document.querySelector('.downloads a').href)"
                    + ".then((r) => r.headers.get('Content-Disposition'))");
            assertThat(downloaded.asText()).startsWith("attachment").contains("sea.png");

            // A recording is heard on both sides and seen as a spectrogram.
            browser.chooseFiles("#files", recording);
            browser.press("Run");
            browser.await("document.querySelectorAll('canvas.lane').length === 2");
            assertDrawn(browser, "canvas.lane");
            browser.press("Spectrogram");
            browser.press("A before");
            browser.press("Play");
            browser.await("parseFloat(document.querySelector('.audio output').value.slice(2)) > 0.2");
            browser.press("Pause");
            assertThat(browser.evaluate("document.querySelector('.audio').textContent")
                            .asText())
                    .contains("16 kHz");

            assertThat(browser.evaluate(NAMELESS)).isEmpty();
            assertThat(browser.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                            .asInt())
                    .isZero();

            for (int left = 2; left >= 0; left--) {
                browser.press("Delete");
                browser.await("document.querySelectorAll('#history li').length === " + left);
                if (left > 0) {
                    browser.evaluate("document.querySelector('#history button').click()");
                }
            }
            assertThat(fixture.stored()).isEmpty();
            assertThat(browser.complaints()).isEmpty();
            String own = fixture.uri("").toString();
            assertThat(browser.requests())
                    .allMatch(address ->
                            address.startsWith(own) || address.startsWith("data:") || address.startsWith("blob:"));
        }
    }

    private static void assertReadyFast(Chromium browser) throws Exception {
        JsonNode size = browser.evaluate(
                "performance.getEntriesByType('resource').filter((e) => !e.name.includes('/api/'))"
                        + ".reduce((s, e) => s + e.transferSize, performance.getEntriesByType('navigation')[0].transferSize)");
        assertThat(size.asInt()).isBetween(1, 400_000);
    }

    private static void assertDrawn(Chromium browser, String canvas) throws Exception {
        browser.await("(() => { const c = document.querySelector('" + canvas + "'); if (!c.width) return false;"
                // Read from a copy: a canvas that is read again and again makes the browser complain, here of the test.
                + " const k = document.createElement('canvas'); k.width = c.width; k.height = c.height;"
                + " const g = k.getContext('2d', {willReadFrequently: true}); g.drawImage(c, 0, 0);"
                + " const d = g.getImageData(0, 0, k.width, k.height).data;"
                + " return new Set(d.filter((_, i) => i % 4 === 0)).size > 1; })()");
    }

    private static Path tone(Path file) throws Exception {
        int frames = 16_000 * 2;
        byte[] samples = new byte[2 * frames];
        for (int i = 0; i < frames; i++) {
            short value = (short) (12_000 * Math.sin(i * 0.17) * Math.sin(i * 2e-4));
            samples[2 * i] = (byte) value;
            samples[2 * i + 1] = (byte) (value >> 8);
        }
        AudioFormat format = new AudioFormat(16_000, 16, 1, true, false);
        AudioSystem.write(
                new AudioInputStream(new ByteArrayInputStream(samples), format, frames),
                AudioFileFormat.Type.WAVE,
                file.toFile());
        return file;
    }
}
