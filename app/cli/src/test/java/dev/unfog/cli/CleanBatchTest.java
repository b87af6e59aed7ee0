package dev.unfog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.unfog.cli.Sandbox.Outcome;
import dev.unfog.core.job.BatchJournal;
import dev.unfog.core.model.TinyNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code unfog clean} on folders: several files at once, interrupted, gone on with, watched. */
class CleanBatchTest {
    @TempDir
    private Path folder;

    private Sandbox sandbox;
    private Path in;
    private Path out;

    @BeforeEach
    void makeSandbox() {
        sandbox = new Sandbox(folder).inverter("inverter", 1);
        in = sandbox.file("in");
        out = folder.resolve("out");
    }

    private void pictures(int count) {
        for (int i = 0; i < count; i++) {
            sandbox.picture(String.format("in/%c.png", 'a' + i), 9 + i, 8);
        }
    }

    private Outcome clean(Object... options) {
        Object[] all = Arrays.copyOf(new Object[] {"clean", in, "-o", out, "-r"}, 5 + options.length);
        System.arraycopy(options, 0, all, 5, options.length);
        return sandbox.run(all);
    }

    private Path truncated(String name) throws IOException {
        byte[] bytes = Files.readAllBytes(sandbox.picture(name, 40, 40));
        return sandbox.bytes(name, Arrays.copyOf(bytes, bytes.length / 2));
    }

    @Test
    void severalAtOnceGiveTheSameFilesAndTheSameListAsOneAtATime() throws IOException {
        Sandbox denoising = new Sandbox(folder.resolve("other")).denoiser("denoiser");
        TinyNetwork.convolution("tiny", 3, 8, 1)
                .write(denoising.installation.directory().resolve("models/tiny"));
        for (int i = 0; i < 8; i++) {
            denoising.picture("in/" + i + ".png", 64 - 4 * i, 32);
        }
        Path files = denoising.file("in");
        Outcome one = denoising.run("clean", files, "-o", out.resolve("one"), "-r", "--jobs", "1");
        Outcome four = denoising.run("clean", files, "-o", out.resolve("four"), "-r", "--jobs", "4");
        assertThat(one.code()).as(one.err()).isZero();
        assertThat(four.out()).isEqualTo(one.out().replace("/one/", "/four/"));
        assertThat(four.out().lines()).hasSize(8);
        for (String name : Sandbox.tree(out.resolve("one"))) {
            assertThat(out.resolve("four").resolve(name))
                    .hasSameBinaryContentAs(out.resolve("one").resolve(name));
        }
    }

    @Test
    void filesAreWorkedOnAtTheSameTime() {
        pictures(4);
        Outcome clean = clean("--jobs", "2", "--mode", "meet");
        assertThat(clean.code()).as(clean.err()).isZero();
    }

    @Test
    void aFileForWhichMemoryDoesNotSufficeBesideOthersIsDoneAlone() {
        pictures(4);
        Outcome clean = clean("--jobs", "2", "--mode", "hungry");
        assertThat(clean.code()).as(clean.err()).isZero();
        assertThat(Sandbox.tree(out)).hasSize(4);
    }

    @Test
    void whatFailedIsListedAtTheEndWithTheReason() throws IOException {
        pictures(1);
        Path bad = truncated("in/b.png");
        Outcome clean = clean();
        assertThat(clean.code()).isEqualTo(3);
        assertThat(clean.err().lines().toList())
                .anySatisfy(line -> assertThat(line).startsWith("1 cleaned, 1 failed in 0:0"))
                .last()
                .asString()
                .startsWith("  " + bad + ": ")
                .contains("; ");
    }

    @Test
    void onErrorStopBeginsNoOtherFile() throws IOException {
        sandbox.picture("in/a.png", 5, 5);
        truncated("in/b.png");
        sandbox.picture("in/c.png", 5, 5);
        Outcome stopped = clean("--on-error", "stop", "--jobs", "1");
        assertThat(stopped.code()).isEqualTo(3);
        assertThat(stopped.err()).contains("1 cleaned, 1 failed, 1 not done");
        assertThat(Sandbox.tree(out)).containsExactly("a.png");
        assertThat(clean("--on-error", "ponder").code()).isEqualTo(2);
        assertThat(clean("--jobs", "0").code()).isEqualTo(2);
    }

    @Test
    void aDryRunPrintsThePlanAndWritesNothing() throws IOException {
        pictures(2);
        Path empty = sandbox.bytes("in/empty.png", new byte[0]);
        Outcome dry = clean("--dry-run");
        assertThat(dry.code()).isEqualTo(3);
        assertThat(dry.out().lines())
                .containsExactly(
                        in.resolve("a.png") + " -> " + out.resolve("a.png") + " (inverter)",
                        in.resolve("b.png") + " -> " + out.resolve("b.png") + " (inverter)");
        assertThat(dry.err()).contains(empty.toString()).contains("2 to clean, 0 done before, 1 cannot be cleaned");
        assertThat(out).doesNotExist();
        Files.delete(empty);
        clean();
        sandbox.picture("in/c.png", 5, 5);
        JsonNode plan = new JsonMapper()
                .readTree(clean("--dry-run", "--resume", "--json").out())
                .get("plan");
        assertThat(plan.findValuesAsText("action")).containsExactly("skip", "skip", "clean");
    }

    @Test
    void resumingDoesOnlyWhatIsNewOrChangedOrGone() throws IOException {
        pictures(5);
        assertThat(clean().code()).isZero();
        Outcome nothing = clean("--resume");
        assertThat(nothing.code()).isZero();
        assertThat(nothing.out()).isEmpty();
        assertThat(nothing.err()).contains("0 cleaned, 0 failed, 5 done before");

        sandbox.picture("in/new.png", 5, 5);
        sandbox.picture("in/b.png", 30, 30);
        Files.setLastModifiedTime(in.resolve("c.png"), FileTime.fromMillis(1_000_000));
        Files.delete(out.resolve("d.png"));
        Files.writeString(out.resolve("e.png"), "cut");
        Outcome rest = clean("--resume");
        assertThat(rest.out().lines().map(line -> Path.of(line).getFileName().toString()))
                .containsExactly("b.png", "c.png", "d.png", "e.png", "new.png");
        assertThat(clean("--resume").out()).isEmpty();
    }

    @Test
    void aChangedSettingIsDoneAgainAndSoIsWhatItTookThePlaceOf() {
        pictures(3);
        clean();
        assertThat(clean("--resume", "--amount", "0.5").out().lines()).hasSize(3);
        assertThat(clean("--resume", "--amount", "0.5").out()).isEmpty();
        assertThat(clean("--resume", "--seed", "1").out().lines()).hasSize(3);
        assertThat(clean("--resume").out().lines()).hasSize(3);
        assertThat(clean().out().lines()).as("without --resume all is done").hasSize(3);
    }

    @Test
    void anotherNetworkIsAReasonToDoItAgain() {
        Sandbox denoising = new Sandbox(folder.resolve("other")).denoiser("denoiser");
        Path model = denoising.installation.directory().resolve("models/tiny");
        TinyNetwork.gaussian("tiny", 3, 0.1f).write(model);
        Path input = denoising.picture("in/a.png", 5, 5);
        Object[] command = {"clean", input.getParent(), "-o", out, "-r", "--resume"};
        assertThat(denoising.run(command).out().lines()).hasSize(1);
        assertThat(denoising.run(command).out()).isEmpty();
        TinyNetwork.gaussian("tiny", 3, 0.2f).write(model);
        assertThat(denoising.run(command).out().lines()).hasSize(1);
    }

    @Test
    void aJournalThatAKillCutShortIsStillGoodForTheRest() throws IOException {
        pictures(3);
        clean();
        Path journal = out.resolve(BatchJournal.NAME);
        List<String> lines = Files.readAllLines(journal);
        assertThat(lines).hasSize(3);
        String cut = lines.get(2).substring(0, 40);
        Files.writeString(journal, lines.get(0) + "\n" + lines.get(1) + "\n" + cut);
        assertThat(clean("--resume").out().lines()).hasSize(1);
        Files.writeString(journal, "not a line of a journal\n", StandardOpenOption.APPEND);
        assertThat(clean("--resume").out()).isEmpty();
    }

    @Test
    void aFileOfItsOwnNeedsNoJournalUnlessItIsAskedFor() {
        Path input = sandbox.picture("in/a.png", 5, 5);
        sandbox.run("clean", input, "-o", out + "/");
        assertThat(out.resolve(BatchJournal.NAME)).doesNotExist();
        sandbox.run("clean", input, "-o", out.resolve("a.png"), "--resume");
        assertThat(out.resolve(BatchJournal.NAME)).exists();
        Outcome again = sandbox.run("clean", input, "-o", out.resolve("a.png"), "--resume");
        assertThat(again.out()).isEmpty();
    }

    @Test
    void whereResultsReplaceTheirInputsThereIsNoResuming() {
        pictures(2);
        Outcome refused = sandbox.run("clean", in, "-o", in, "-r", "--overwrite", "--resume");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("it might be cleaned twice");
        assertThat(sandbox.run("clean", in, "-o", in, "-r", "--overwrite", "--watch")
                        .code())
                .isEqualTo(2);
        assertThat(sandbox.run("clean", in, "-o", in, "-r", "--overwrite").code())
                .isZero();
    }

    @Test
    void hiddenFilesInFoldersArePassedOver() {
        pictures(1);
        sandbox.picture("in/.trash/b.png", 5, 5);
        sandbox.bytes("in/._a.png", new byte[10]);
        assertThat(clean().code()).isZero();
        assertThat(Sandbox.tree(out)).containsExactly("a.png");
    }

    @Test
    void aWatchedFolderIsCleanedAsItFillsUntilItIsEnded() throws Exception {
        pictures(1);
        AtomicBoolean cancelled = new AtomicBoolean();
        CompletableFuture<Outcome> watching = CompletableFuture.supplyAsync(
                () -> sandbox.run(cancelled::get, "clean", in, "-o", out, "-r", "--watch"));
        await(out.resolve("a.png"));
        byte[] bytes = Files.readAllBytes(sandbox.picture("elsewhere.png", 60, 60));
        Path growing = Files.createDirectories(in.resolve("deep")).resolve("b.png");
        for (int part = 0; part < 4; part++) {
            byte[] piece = Arrays.copyOfRange(bytes, part * bytes.length / 4, (part + 1) * bytes.length / 4);
            Files.write(growing, piece, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            Thread.sleep(300);
        }
        await(out.resolve("deep/b.png"));
        truncated("in/c.png");
        sandbox.picture("in/d.png", 5, 5);
        await(out.resolve("d.png"));
        cancelled.set(true);
        Outcome ended = watching.get(30, TimeUnit.SECONDS);
        assertThat(ended.code()).isZero();
        assertThat(ended.out().lines()).hasSize(3);
        assertThat(ended.err())
                .contains("watching " + in)
                .contains("3 cleaned, 1 failed in ")
                .contains("  " + in.resolve("c.png") + ": ");
        assertThat(sandbox.run("clean", sandbox.file("in/a.png"), "-o", out, "-r", "--watch")
                        .code())
                .isEqualTo(2);
    }

    private static void await(Path file) throws InterruptedException {
        for (int i = 0; i < 600 && !Files.exists(file); i++) {
            Thread.sleep(50);
        }
        assertThat(file).exists();
    }
}
