package dev.unfog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unfog.cli.Sandbox.Outcome;
import dev.unfog.core.job.BatchJournal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A batch that is killed at random moments and gone on with ends as one that was not. */
@Tag("acceptance")
class KilledBatchTest {
    private static final int PICTURES = 40;
    private static final int KILLS = 3;

    @TempDir
    private Path folder;

    @Test
    void everyOutputIsWholeAndTheSameAsWithoutKills() throws Exception {
        Sandbox sandbox = new Sandbox(folder).inverter("inverter", 1);
        for (int i = 0; i < PICTURES; i++) {
            sandbox.picture(String.format("in/%d/%02d.png", i % 3, i), 50 + i, 40);
        }
        Path in = sandbox.file("in");
        Path whole = folder.resolve("whole");
        assertThat(sandbox.run("clean", in, "-o", whole, "-r", "--noisy", "--mode", "unhurried")
                        .code())
                .isZero();

        Path out = folder.resolve("out");
        Path journal = out.resolve(BatchJournal.NAME);
        Object[] resume = {"clean", in, "-o", out, "-r", "--noisy", "--mode", "unhurried", "--resume", "--jobs", "3"};
        Random random = new Random(6);
        int killed = 0;
        for (int kill = 1; kill <= KILLS; kill++) {
            Process process = sandbox.process(resume)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            // Some way into the work: not before the journal has grown, and at no moment of its own choosing.
            long before = Files.exists(journal) ? Files.size(journal) : 0;
            while (process.isAlive() && (!Files.exists(journal) || Files.size(journal) <= before)) {
                Thread.sleep(5);
            }
            Thread.sleep(random.nextInt(120));
            killed += process.isAlive() ? 1 : 0;
            process.destroyForcibly().waitFor();
        }
        assertThat(killed).as("kills that hit a batch at work").isPositive();
        int left = PICTURES - Files.readAllLines(journal).size();

        Outcome last = sandbox.run(resume);
        assertThat(last.code()).as(last.err()).isZero();
        assertThat(last.out().lines().count()).as("done anew").isBetween((long) left, (long) left + 3);
        assertThat(Sandbox.tree(out)).isEqualTo(Sandbox.tree(whole)).hasSize(PICTURES);
        for (String name : Sandbox.tree(whole)) {
            assertThat(out.resolve(name)).hasSameBinaryContentAs(whole.resolve(name));
        }
    }
}
