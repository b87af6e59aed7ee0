package dev.unfog.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.unfog.server.job.JobLimits;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A person at the page, with the keyboard, in a real browser: on a desk and on a telephone, by day and by night. */
@Tag("acceptance")
final class PageAcceptanceTest {
    private static final String STATE = "document.querySelector('.job > header .state')?.textContent";
    private static final String CHOSEN = "document.querySelector('#chosen strong')?.textContent.startsWith('%s')";
    private static final JobLimits LIMITS =
            new JobLimits(1 << 24, 20, 20, Duration.ofDays(1), Duration.ofMinutes(3), 128L << 20);

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
    void picturesAndRecordingsAreDroppedCleanedComparedDownloadedAndDeleted(int width) throws Exception {
        Path picture = Files.write(folder.resolve("sea.png"), ServerFixture.png(120, 90));
        Path recording = tone(folder.resolve("talk.wav"));
        try (ServerFixture fixture = new ServerFixture(folder, LIMITS)) {
            fixture.awaitWorker();
            try (Chromium browser = new Chromium(folder.resolve("profile"), width, 900)) {
                open(browser, fixture);
                assertSmall(browser);
                assertAccessible(browser, "the empty page");

                // A parameter is changed; progress is watched; the job is cancelled.
                drop(browser, "sea.png", picture);
                behave(browser, "slow");
                assertAccessible(browser, "the form");
                browser.press("Run");
                browser.await("document.querySelector('.job > progress')?.value > 0");
                browser.await("document.querySelector('.message').textContent.includes('step')");
                assertAccessible(browser, "a job at work");
                browser.press("Cancel");
                browser.await(STATE + " === 'Cancelled'");

                // The same with what is usual; the result is compared and downloaded.
                drop(browser, "sea.png", picture);
                behave(browser, "quick");
                browser.press("Run");
                browser.await(STATE + " === 'Done'");
                browser.await("document.querySelector('input.wipe')");
                assertDrawn(browser, "canvas.view");
                assertAccessible(browser, "a picture's result");
                assertWiped(browser);
                browser.press("Difference × 8");
                browser.await(
                        "[...document.querySelectorAll('[aria-pressed=true]')].some((b) => b.textContent.startsWith('Difference'))");
                browser.press("100 %");
                assertDownloaded(browser, fixture);

                // A recording is heard on both sides and seen as a spectrogram.
                drop(browser, "talk.wav", recording);
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
                assertAccessible(browser, "a recording's result");
                assertThat(browser.evaluate(NAMELESS)).isEmpty();
                assertNothingOverflows(browser);

                for (int left = 2; left >= 0; left--) {
                    browser.press("Delete");
                    browser.await("document.querySelectorAll('#history li').length === " + left);
                    if (left > 0) {
                        browser.evaluate("document.querySelector('#history button').click()");
                    }
                }
                fixture.awaitStored(List.of());
                assertSealed(browser, fixture);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1280, 400})
    void whatIsNormalIsLearntAndTheUnusualComesFirst(int width) throws Exception {
        Path dark = picture("dark.png", 0.2f);
        Path dusky = picture("dusky.png", 0.25f);
        Path light = picture("light.png", 0.9f);
        try (ServerFixture fixture = new ServerFixture(folder, LIMITS)) {
            fixture.awaitWorker();
            try (Chromium browser = new Chromium(folder.resolve("profile"), width, 900)) {
                open(browser, fixture);
                drop(browser, "2 files", dark, dusky);
                choose(browser, "#operation select", "Learn what is normal");
                browser.press("Run");
                browser.await(STATE + " === 'Done'");

                drop(browser, "3 files", dark, light, dusky);
                choose(browser, "#operation select", "Find what is unusual");
                browser.await("document.querySelector('[name=model]').value !== ''");
                browser.press("Run");
                browser.await(STATE + " === 'Done'");
                browser.await("document.querySelectorAll('.gallery .card').length === 3");
                String first = "document.querySelector('.gallery .name').textContent";
                assertThat(browser.evaluate(first).asText()).isEqualTo("light.png");
                browser.await("[...document.querySelectorAll('.gallery img')].length === 6");
                assertAccessible(browser, "the gallery");
                browser.press("By name");
                browser.await(first + " === 'dark.png'");
                browser.press("dusky.png");
                browser.await("document.activeElement.textContent.includes('dusky.png')");
                browser.press("light.png");
                browser.await("document.querySelector('.card[aria-current=true]').textContent.includes('light.png')");
                assertDrawn(browser, "canvas.view");
                assertNothingOverflows(browser);
                assertSealed(browser, fixture);
            }
        }
    }

    private static void open(Chromium browser, ServerFixture fixture) throws Exception {
        browser.open(fixture.uri("/"));
        browser.await("document.querySelector('#version').textContent !== ''");
        try (InputStream axe = Objects.requireNonNull(PageAcceptanceTest.class.getResourceAsStream("/axe.min.js"))) {
            browser.evaluate(new String(axe.readAllBytes(), StandardCharsets.UTF_8) + "; true");
        }
    }

    private static void drop(Chromium browser, String chosen, Path... files) throws Exception {
        browser.dropFiles("#drop", files);
        browser.await(CHOSEN.formatted(chosen));
        browser.await("!document.querySelector('#run').disabled");
    }

    private static void behave(Chromium browser, String manner) throws Exception {
        browser.await(
                "[...document.querySelectorAll('#parameters select')].find((e) => [...e.options].some((o) => o.value === '"
                        + manner + "'))");
        browser.evaluate("{ const s = [...document.querySelectorAll('#parameters select')]"
                + ".find((e) => [...e.options].some((o) => o.value === '" + manner + "')); s.value = '" + manner
                + "'; }");
    }

    private static void choose(Chromium browser, String select, String text) throws Exception {
        browser.evaluate("{ const s = document.querySelector('" + select + "');"
                + " s.value = [...s.options].find((o) => o.textContent === '" + text + "').value;"
                + " s.dispatchEvent(new Event('change')); }");
    }

    /** Nothing that axe-core calls serious or critical, light or dark. */
    private static void assertAccessible(Chromium browser, String where) throws Exception {
        for (String scheme : List.of("dark", "light")) {
            browser.prefer(scheme);
            JsonNode found = browser.evaluate(
                    "axe.run(document, {resultTypes: ['violations']}).then((r) => ({"
                            + "passes: r.passes.length, violations: r.violations"
                            + ".filter((v) => ['serious', 'critical'].includes(v.impact))"
                            + ".flatMap((v) => v.nodes.map((n) => v.id + ': ' + n.html.slice(0, 200) + ' ' + n.failureSummary))}))");
            assertThat(found.get("violations")).as(where + ", " + scheme).isEmpty();
            assertThat(found.get("passes").asInt())
                    .as("rules that found something to look at")
                    .isGreaterThan(10);
        }
    }

    private static void assertSmall(Chromium browser) throws Exception {
        JsonNode size = browser.evaluate(
                "performance.getEntriesByType('resource').filter((e) => !e.name.includes('/api/'))"
                        + ".reduce((s, e) => s + e.transferSize, performance.getEntriesByType('navigation')[0].transferSize)");
        assertThat(size.asInt()).isBetween(1, 400_000);
    }

    private static void assertDrawn(Chromium browser, String canvas) throws Exception {
        browser.await("(() => { const c = document.querySelector('" + canvas + "'); if (!c?.width) return false;"
                // Read from a copy: a canvas that is read again and again makes the browser complain, here of the test.
                + " const k = document.createElement('canvas'); k.width = c.width; k.height = c.height;"
                + " const g = k.getContext('2d', {willReadFrequently: true}); g.drawImage(c, 0, 0);"
                + " const d = g.getImageData(0, 0, k.width, k.height).data;"
                + " return new Set(d.filter((_, i) => i % 4 === 0)).size > 1; })()");
    }

    /** The wipe follows the keyboard, and the picture follows the wipe. */
    private static void assertWiped(Chromium browser) throws Exception {
        browser.evaluate("document.querySelector('input.wipe').focus()");
        String drawn = "document.querySelector('canvas.view').toDataURL()";
        String before = browser.evaluate(drawn).asText();
        browser.press("Home", "", 36);
        browser.await("document.querySelector('input.wipe').value === '0'");
        assertThat(browser.evaluate(drawn).asText()).isNotEqualTo(before);
    }

    /** What the link brings is what the server holds. */
    private void assertDownloaded(Chromium browser, ServerFixture fixture) throws Exception {
        Path downloads = Files.createDirectory(folder.resolve("downloads"));
        browser.downloadTo(downloads);
        JsonNode address = browser.evaluate("new URL(document.querySelector('.downloads a').href).pathname");
        browser.press("Download sea.png");
        Path downloaded = downloads.resolve("sea.png");
        byte[] wanted = fixture.bytes(address.asText()).body();
        long deadline = System.nanoTime() + Duration.ofMinutes(3).toNanos();
        while (!Files.exists(downloaded) || Files.size(downloaded) < wanted.length) {
            assertThat(System.nanoTime()).as("the download comes").isLessThan(deadline);
            Thread.sleep(50);
        }
        assertThat(downloaded).hasBinaryContent(wanted);
    }

    private static void assertNothingOverflows(Chromium browser) throws Exception {
        assertThat(browser.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                        .asInt())
                .isZero();
    }

    /** Nothing was refused or broken, and nothing was fetched from elsewhere. */
    private static void assertSealed(Chromium browser, ServerFixture fixture) {
        assertThat(browser.complaints()).isEmpty();
        String own = fixture.uri("").toString();
        assertThat(browser.requests())
                .allMatch(address ->
                        address.startsWith(own) || address.startsWith("data:") || address.startsWith("blob:"));
    }

    private Path picture(String name, float brightness) throws IOException {
        BufferedImage image = new BufferedImage(48, 32, BufferedImage.TYPE_INT_RGB);
        int grey = new Color(brightness, brightness, brightness).getRGB();
        for (int i = 0; i < 48 * 32; i++) {
            // A line, so that there is something to see.
            image.setRGB(i % 48, i / 48, i % 48 == i / 48 ? 0x8080ff : grey);
        }
        Path file = folder.resolve(name);
        ImageIO.write(image, "png", file.toFile());
        return file;
    }

    /** Long enough to be stopped before its end however slow the machine is. */
    private static Path tone(Path file) throws IOException {
        int frames = 16_000 * 120;
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
