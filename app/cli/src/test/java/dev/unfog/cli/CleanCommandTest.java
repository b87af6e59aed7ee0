package dev.unfog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.unfog.cli.Sandbox.Outcome;
import dev.unfog.core.model.TinyNetwork;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CleanCommandTest {
    @TempDir
    private Path folder;

    private Sandbox sandbox;
    private Path out;

    @BeforeEach
    void makeSandbox() {
        sandbox = new Sandbox(folder);
        out = folder.resolve("out");
    }

    @Test
    void aPictureIsCleanedAndItsPathPrinted() throws IOException {
        Path input = sandbox.inverter("inverter", 1).picture("a.png", 5, 3);
        Path output = folder.resolve("deep/in/folders/b.png");
        Outcome clean = sandbox.run("clean", input, "-o", output);
        assertThat(clean).isEqualTo(new Outcome(0, output + System.lineSeparator(), ""));
        BufferedImage before = ImageIO.read(input.toFile());
        BufferedImage after = ImageIO.read(output.toFile());
        assertThat(after.getRGB(4, 2) & 0xFFFFFF).isEqualTo(~before.getRGB(4, 2) & 0xFFFFFF);
    }

    @Test
    void theResultSaysHowItWasMade() throws IOException {
        Path input = sandbox.inverter("inverter", 1).picture("a.png", 5, 3);
        sandbox.run("clean", input, "-o", out.resolve("a.png"), "--seed", "42", "--amount", "0.75");
        String written = Files.readString(out.resolve("a.png"), StandardCharsets.ISO_8859_1);
        assertThat(written)
                .contains("\"plugin\":{\"id\":\"inverter\",\"version\":\"1.2.3\"}")
                .contains("\"amount\":0.75")
                .contains("\"noisy\":false")
                .contains("\"seed\":42")
                .contains("\"input\":{\"name\":\"a.png\",\"sha256\":\"" + TinyNetwork.sha256(input) + "\"}")
                .contains("\"inverted\":0.75");
    }

    @Test
    void helpListsThePluginsParameters() {
        sandbox.inverter("inverter", 1);
        assertThat(sandbox.run("clean", "--help").out())
                .contains("Parameters of inverter:")
                .containsPattern("--amount=NUMBER +How much to invert \\(0\\.\\.1; default 1\\)\\.")
                .containsPattern("--\\[no-\\]noisy +Whether to add what the seed says")
                .containsPattern("--mode=WORD +What to do \\(one of plain, fail, crash")
                .doesNotContain("--inverter.amount");
    }

    @Test
    void badFilesAreNamedAndTheOthersStillDone() throws IOException {
        sandbox.inverter("inverter", 1);
        Path good = sandbox.picture("good.png", 6, 6);
        byte[] bytes = Files.readAllBytes(sandbox.picture("whole.png", 60, 60));
        Path cut = sandbox.bytes("cut.png", Arrays.copyOf(bytes, bytes.length / 2));
        Path empty = sandbox.bytes("empty.png", new byte[0]);
        Path text = sandbox.bytes("notes.txt", "not a picture".getBytes(StandardCharsets.UTF_8));
        Path named = sandbox.bytes("text.png", "not a picture".getBytes(StandardCharsets.UTF_8));
        Path missing = sandbox.file("missing.png");
        Path last = sandbox.picture("last.jpg", 1, 1);

        Outcome clean = sandbox.run("clean", cut, good, empty, text, named, missing, last, "-o", out + "/", "--json");
        assertThat(clean.code()).isEqualTo(3);
        assertThat(Sandbox.tree(out)).containsExactly("good.png", "last.jpg");
        for (Path bad : new Path[] {cut, empty, text, named, missing}) {
            assertThat(clean.err()).contains(bad.toString());
        }
        assertThat(clean.err()).contains("2 cleaned, 5 failed").doesNotContain("\tat ");
        JsonNode json = new JsonMapper().readTree(clean.out());
        assertThat(json.get("done").asInt()).isEqualTo(2);
        assertThat(json.get("failed").asInt()).isEqualTo(5);
        assertThat(json.at("/results/0/status").asText()).isEqualTo("failed");
        assertThat(json.at("/results/0/error/code").asText()).isEqualTo("UnreadableMedia");
        assertThat(json.at("/results/0/error/subject").asText()).isEqualTo(cut.toString());
        assertThat(json.at("/results/0/error/remedy").asText()).isNotBlank();
        assertThat(json.at("/results/1/status").asText()).isEqualTo("done");
        assertThat(json.at("/results/1/plugin").asText()).isEqualTo("inverter");
        assertThat(json.at("/results/1/outputs/0").asText())
                .isEqualTo(out.resolve("good.png").toString());
        assertThat(json.at("/results/1/notes/inverted").asDouble()).isEqualTo(1);
        assertThat(json.at("/results/3/error/code").asText()).isEqualTo("UnsupportedMedia");
    }

    @Test
    void whereEveryFileFailsTheCodeIsOne() {
        sandbox.inverter("inverter", 1);
        Outcome clean = sandbox.run("clean", sandbox.file("missing.png"), "-o", out.resolve("a.png"));
        assertThat(clean.code()).isEqualTo(1);
        assertThat(clean.out()).isEmpty();
        assertThat(clean.err()).startsWith("unfog: UnreadableMedia: ").contains("there is no such file");
        assertThat(out).doesNotExist();
    }

    @Test
    void aPluginThatFailsIsATypedErrorAndLeavesNothing() {
        Path input = sandbox.inverter("inverter", 1).picture("a.png", 5, 3);
        Outcome foreseen = sandbox.run("clean", input, "-o", out.resolve("a.png"), "--mode", "fail");
        assertThat(foreseen.code()).isEqualTo(1);
        assertThat(foreseen.err()).contains("MediaTooLarge: a.png: it is too large; make it smaller");
        Outcome crash = sandbox.run("clean", input, "-o", out.resolve("a.png"), "--mode", "crash");
        assertThat(crash.code()).isEqualTo(1);
        assertThat(crash.err())
                .contains("PluginBroken")
                .contains("crashed on purpose")
                .doesNotContain("\tat ");
        assertThat(sandbox.run("clean", input, "-o", out.resolve("a.png"), "--mode", "crash", "--debug")
                        .err())
                .contains("\tat inverter.SampleCleaner.clean");
        Outcome nothing = sandbox.run("clean", input, "-o", out.resolve("a.png"), "--mode", "nothing");
        assertThat(nothing.code()).isEqualTo(1);
        assertThat(nothing.err()).contains("PluginBroken").contains("it returned no result");
        assertThat(Sandbox.tree(out)).isEmpty();
    }

    @Test
    void wrongFlagsAreWrongUsageAndNothingIsDone() {
        Path input = sandbox.inverter("inverter", 1).picture("a.png", 5, 3);
        Outcome unknown = sandbox.run("clean", input, "-o", out + "/", "--amuont", "1");
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).contains("--amuont").contains("--amount");
        Outcome range = sandbox.run("clean", input, "-o", out + "/", "--amount", "2");
        assertThat(range.code()).isEqualTo(2);
        assertThat(range.err()).contains("BadParameter: --amount: 2 is out of range; give a number in 0..1");
        assertThat(sandbox.run("clean", input, "-o", out + "/", "--mode", "odd").code())
                .isEqualTo(2);
        assertThat(sandbox.run("clean", input, "-o", out + "/", "--device", "abacus")
                        .code())
                .isEqualTo(2);
        assertThat(sandbox.run("clean", input, "-o", out + "/", "--threads", "-1")
                        .code())
                .isEqualTo(2);
        assertThat(sandbox.run("clean", input, "-o", out + "/", "--seed", "x").code())
                .isEqualTo(2);
        assertThat(sandbox.run("clean", input, "-o", out + "/", "--jpeg-quality", "0")
                        .code())
                .isEqualTo(2);
        assertThat(sandbox.run("clean", input, "-o", out + "/", "--plugin", "nobody")
                        .err())
                .contains("no plugin of that name cleans anything; give one of inverter");
        assertThat(out).doesNotExist();
    }

    @Test
    void aFlagMayStandBeforeAFileWithoutSwallowingIt() {
        Path input = sandbox.inverter("inverter", 1).picture("a.png", 5, 3);
        assertThat(sandbox.run("clean", "-o", out + "/", "--noisy", input).code())
                .isZero();
        assertThat(sandbox.run("clean", "-o", out + "/", "--no-noisy", input).code())
                .isZero();
        assertThat(Sandbox.tree(out)).containsExactly("a.png");
    }

    @Test
    void amongSeveralPluginsTheSettingsOrTheUserDecide() throws IOException {
        Path input = sandbox.inverter("first", 1).inverter("second", 1).picture("a.png", 5, 3);
        Outcome undecided = sandbox.run("clean", input, "-o", out + "/");
        assertThat(undecided.code()).isEqualTo(2);
        assertThat(undecided.err())
                .contains("several plugins clean them: first, second")
                .contains("--plugin");
        assertThat(out).doesNotExist();

        JsonMapper json = new JsonMapper();
        assertThat(json.readTree(sandbox.run("clean", input, "-o", out + "/", "--plugin", "second", "--json")
                                .out())
                        .at("/results/0/plugin")
                        .asText())
                .isEqualTo("second");
        Files.createDirectories(sandbox.installation.home());
        Files.writeString(sandbox.installation.configurationFile(), "clean.picture = first\n");
        assertThat(json.readTree(sandbox.run("clean", input, "-o", out + "/", "--json")
                                .out())
                        .at("/results/0/plugin")
                        .asText())
                .isEqualTo("first");
    }

    @Test
    void whereDeclarationsDifferAFlagNamesItsPlugin() throws IOException {
        Path input = sandbox.inverter("first", 1).inverter("second", 2).picture("a.png", 5, 3);
        assertThat(sandbox.run("clean", "--help").out())
                .contains("--first.amount")
                .contains("--second.amount")
                .containsOnlyOnce("--mode=");
        assertThat(sandbox.run("clean", input, "-o", out + "/", "--plugin", "second", "--amount", "2")
                        .code())
                .as("one plugin at work leaves no doubt")
                .isZero();
        Outcome other = sandbox.run("clean", input, "-o", out + "/", "--plugin", "first", "--second.amount", "2");
        assertThat(other.code()).isEqualTo(2);
        assertThat(other.err()).contains("--second.amount is for second");
        assertThat(sandbox.run("clean", input, "-o", out + "/", "--plugin", "first", "--first.amount", "1")
                        .code())
                .isZero();
    }

    @Test
    void theInputItselfIsReplacedOnlyIfThatIsSaid() throws IOException {
        Path input = sandbox.inverter("inverter", 1).picture("a.png", 5, 3);
        byte[] before = Files.readAllBytes(input);
        Outcome refused = sandbox.run("clean", input, "-o", input);
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("OutputNotWritable").contains("it is the input itself");
        assertThat(sandbox.run("clean", input, "-o", input.getParent()).code()).isEqualTo(1);
        assertThat(input).hasBinaryContent(before);
        assertThat(sandbox.run("clean", input, "-o", input, "--overwrite").code())
                .isZero();
        assertThat(Files.readAllBytes(input)).isNotEqualTo(before);
        assertThat(Sandbox.tree(input.getParent())).containsExactly("a.png");
    }

    @Test
    void anOutputThatCannotBeWrittenIsATypedError() {
        Path input = sandbox.inverter("inverter", 1).picture("a.png", 5, 3);
        Path file = sandbox.bytes("taken", new byte[1]);
        Outcome under = sandbox.run("clean", input, "-o", file.resolve("b.png"));
        assertThat(under.code()).isEqualTo(1);
        assertThat(under.err()).contains("OutputNotWritable").contains("choose a folder that you may write to");
        Outcome format = sandbox.run("clean", input, "-o", out.resolve("b.xyz"));
        assertThat(format.code()).isEqualTo(1);
        assertThat(format.err()).contains("b.xyz").contains(".png");
    }

    @Test
    void aTreeIsMirroredAndFormatsThatCannotBeWrittenBecomePng() {
        sandbox.inverter("inverter", 1);
        sandbox.picture("scans/a.png", 4, 4);
        sandbox.picture("scans/deep/b.bmp", 4, 4);
        sandbox.bytes("scans/readme.txt", new byte[] {'x'});
        Outcome folderAlone = sandbox.run("clean", sandbox.file("scans"), "-o", out + "/");
        assertThat(folderAlone.code()).isEqualTo(2);
        assertThat(folderAlone.err()).contains("add --recursive");
        Outcome clean = sandbox.run("clean", sandbox.file("scans"), "-o", out + "/", "--recursive");
        assertThat(clean.code()).isZero();
        assertThat(Sandbox.tree(out)).containsExactly("a.png", "deep/b.png");
        assertThat(clean.err())
                .contains("b.bmp: files of this format cannot be written, so the result is ")
                .contains("1/2 ")
                .contains("2/2 ")
                .contains("2 cleaned, 0 failed");
    }

    @Test
    void aDamagedFileInAFolderIsReportedAndNotPassedOver() {
        sandbox.inverter("inverter", 1);
        sandbox.picture("scans/a.png", 4, 4);
        sandbox.bytes("scans/b.png", new byte[0]);
        Outcome clean = sandbox.run("clean", sandbox.file("scans"), "-o", out + "/", "-r");
        assertThat(clean.code()).isEqualTo(3);
        assertThat(clean.err()).contains("b.png: it is empty");
    }

    @Test
    void theSameSeedGivesTheSameBytes() throws IOException {
        Path input = sandbox.inverter("inverter", 1).picture("a.png", 9, 9);
        for (String seed : new String[] {"7", "7", "8"}) {
            int run = Sandbox.tree(out).size();
            sandbox.run("clean", input, "-o", out.resolve(run + ".png"), "--noisy", "--seed", seed);
        }
        assertThat(out.resolve("1.png")).hasSameBinaryContentAs(out.resolve("0.png"));
        assertThat(Files.readAllBytes(out.resolve("2.png"))).isNotEqualTo(Files.readAllBytes(out.resolve("0.png")));
    }

    @Test
    void cancellingLeavesNothingAndEndsWith130() throws IOException {
        sandbox.inverter("inverter", 1);
        Path first = sandbox.picture("a.png", 9, 9);
        Path second = sandbox.picture("b.png", 9, 9);
        long temporary = temporaryFolders();
        AtomicInteger asked = new AtomicInteger();
        Outcome clean = sandbox.run(
                () -> asked.incrementAndGet() > 5, "clean", first, second, "-o", out + "/", "--mode", "slow");
        assertThat(clean.code()).isEqualTo(130);
        assertThat(clean.err()).contains("Cancelled").contains("0 cleaned, 0 failed, 2 not done");
        assertThat(Sandbox.tree(out)).isEmpty();
        assertThat(temporaryFolders()).isEqualTo(temporary);
    }

    private static long temporaryFolders() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("unfog-"))
                    .count();
        }
    }

    @Test
    void networksAreFoundVerifiedAndReplaceable() throws IOException {
        Path input = sandbox.denoiser("denoiser").picture("a.png", 8, 8);
        Outcome missing = sandbox.run("clean", input, "-o", out + "/");
        assertThat(missing.code()).isEqualTo(1);
        assertThat(missing.err()).contains("ModelNotFound").contains("tiny");

        Path model = sandbox.installation.directory().resolve("models/tiny");
        TinyNetwork.gaussian("tiny", 3, 0.1f).write(model);
        assertThat(sandbox.run("clean", input, "-o", out + "/").code()).isZero();
        assertThat(Files.readString(out.resolve("a.png"), StandardCharsets.ISO_8859_1))
                .contains("\"networks\":[{\"id\":\"tiny\",\"sha256\":\""
                        + TinyNetwork.sha256(model.resolve("model.onnx")) + "\",\"device\":\"cpu\"}]");

        Path own = TinyNetwork.gaussian("own", 3, 0.2f).writeAlone(folder.resolve("own.onnx"));
        assertThat(sandbox.run("clean", input, "-o", out + "/", "--model", own).code())
                .isZero();
        assertThat(Files.readString(out.resolve("a.png"), StandardCharsets.ISO_8859_1))
                .contains("\"id\":\"own\"");

        Path file = model.resolve("model.onnx");
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 100));
        Outcome damaged = sandbox.run("clean", input, "-o", out.resolve("b.png"));
        assertThat(damaged.code()).isEqualTo(1);
        assertThat(damaged.err()).contains("ModelDamaged").contains("install the network again");
        assertThat(sandbox.run("clean", input, "-o", out + "/", "--model", "nowhere")
                        .err())
                .contains("ModelNotFound");
        assertThat(Sandbox.tree(out)).containsExactly("a.png");
    }

    @Test
    void aBrokenPluginIsAWarningWhereAnotherCanDoTheWork() throws IOException {
        Path input = sandbox.inverter("inverter", 1).picture("a.png", 5, 3);
        Files.writeString(sandbox.installation.directory().resolve("plugins").resolve("broken.zip"), "no zip");
        Outcome clean = sandbox.run("clean", input, "-o", out + "/");
        assertThat(clean.code()).isZero();
        assertThat(clean.err()).contains("warning: PluginBroken").contains("broken.zip");
    }
}
