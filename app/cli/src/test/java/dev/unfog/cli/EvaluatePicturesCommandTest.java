package dev.unfog.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.unfog.cli.Sandbox.Outcome;
import dev.unfog.core.model.TinyNetwork;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluatePicturesCommandTest {
    @TempDir
    private Path folder;

    private Sandbox sandbox;
    private Path pictures;

    @BeforeEach
    void makeSandbox() {
        sandbox = new Sandbox(folder).denoiser("denoiser");
        TinyNetwork.gaussian("tiny", 3, 1e6f)
                .write(sandbox.installation.directory().resolve("models/tiny"));
        grey("a.png", 64);
        grey("b.png", 80);
        pictures = sandbox.file("");
    }

    /** Mid-grey, so that noise of 25 of 255 is never clipped. */
    private void grey(String name, int side) {
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                image.setRGB(x, y, 0x808080);
            }
        }
        sandbox.picture(name, image);
    }

    private JsonNode evaluate(Object... more) throws IOException {
        List<Object> arguments = new ArrayList<>(List.of("eval", "pictures", pictures, "--json"));
        arguments.addAll(List.of(more));
        Outcome outcome = sandbox.run(arguments.toArray());
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        return new JsonMapper().readTree(outcome.out());
    }

    @Test
    void jsonNamesTheNetworkEveryResultAndTheMeans() throws IOException {
        JsonNode json = evaluate("--sigma", "15,25", "--seed", "0");
        assertThat(json.fieldNames()).toIterable().containsExactly("network", "results", "mean");
        assertThat(json.at("/network/id").asText()).isEqualTo("tiny");
        assertThat(json.at("/network/sha256").asText())
                .isEqualTo(TinyNetwork.sha256(sandbox.installation.directory().resolve("models/tiny/model.onnx")));
        assertThat(json.get("results")).hasSize(4);
        assertThat(json.at("/results/0").fieldNames())
                .toIterable()
                .containsExactly("file", "sigma", "psnr_in", "psnr", "ssim");
        assertThat(json.at("/results/0/file").asText()).isEqualTo("a.png");
        assertThat(json.at("/results/0/sigma").isIntegralNumber()).isTrue();
        assertThat(json.get("mean")).hasSize(2);
        assertThat(json.at("/mean/1").fieldNames()).toIterable().containsExactly("sigma", "psnr_in", "psnr", "ssim");
        double mean = (json.at("/results/1/psnr").asDouble()
                        + json.at("/results/3/psnr").asDouble())
                / 2;
        assertThat(json.at("/mean/1/sigma").asInt()).isEqualTo(25);
        assertThat(json.at("/mean/1/psnr").asDouble()).isCloseTo(mean, within(1e-9));
    }

    @Test
    void aNetworkThatDoesNothingLeavesTheNoiseAsItWasAdded() throws IOException {
        JsonNode json = evaluate("--sigma", "25");
        double in = json.at("/mean/0/psnr_in").asDouble();
        assertThat(in).as("20 log10(255 / 25)").isCloseTo(20.17, within(0.15));
        assertThat(json.at("/mean/0/psnr").asDouble())
                .as("rounding to 8 bits adds a twelfth of a step squared: 0.0006 dB")
                .isCloseTo(in, within(0.005));
        assertThat(json.at("/mean/0/ssim").asDouble()).isBetween(0.0, 0.2);
    }

    @Test
    void theRightNetworkRaisesThePsnrByWhatTheoryPromises() throws IOException {
        // Data N(1/2, v), but the picture is exactly 1/2: what is left of noise of variance n is n (v / (v + n))².
        double n = Math.pow(25 / 255.0, 2);
        TinyNetwork.gaussian("tiny", 3, (float) n)
                .write(sandbox.installation.directory().resolve("models/tiny"));
        JsonNode json = evaluate("--sigma", "25");
        assertThat(json.at("/mean/0/psnr").asDouble()
                        - json.at("/mean/0/psnr_in").asDouble())
                .isCloseTo(20 * Math.log10(2), within(0.02));
    }

    @Test
    void theNoiseDependsOnSeedAndFileAlone() throws IOException {
        JsonNode both = evaluate("--sigma", "25", "--seed", "3");
        assertThat(evaluate("--sigma", "25", "--seed", "3")).isEqualTo(both);
        JsonNode first = evaluate("--sigma", "25", "--seed", "3", "--limit", "1");
        assertThat(first.get("results")).hasSize(1);
        assertThat(first.at("/results/0")).isEqualTo(both.at("/results/0"));
        assertThat(evaluate("--sigma", "25", "--seed", "4").at("/results/0/psnr"))
                .isNotEqualTo(both.at("/results/0/psnr"));
        assertThat(both.at("/results/0/psnr")).isNotEqualTo(both.at("/results/1/psnr"));
    }

    @Test
    void theTableIsForPeople() {
        Outcome outcome = sandbox.run("eval", "pictures", pictures, "--sigma", "15,25");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out().lines()).hasSize(7);
        assertThat(outcome.out().lines().findFirst()).hasValueSatisfying(line -> assertThat(line)
                .containsSubsequence("file", "sigma", "PSNR in", "PSNR", "SSIM"));
        assertThat(outcome.out()).containsPattern("mean +25 +20\\.\\d\\d +20\\.\\d\\d +0\\.\\d{4}");
    }

    @Test
    void aDamagedPictureIsNamedAndTheOthersMeasured() throws IOException {
        sandbox.bytes("c.png", new byte[] {1, 2, 3});
        Outcome outcome = sandbox.run("eval", "pictures", pictures, "--sigma", "25", "--json");
        assertThat(outcome.code()).isEqualTo(3);
        assertThat(outcome.err()).contains("c.png");
        assertThat(new JsonMapper().readTree(outcome.out()).get("results")).hasSize(2);
    }

    @Test
    void wrongUsageEndsWithTwo() {
        assertThat(sandbox.run("eval", "pictures", pictures, "--sigma", "0").code())
                .isEqualTo(2);
        assertThat(sandbox.run("eval", "pictures", pictures, "--sigma", "300").code())
                .isEqualTo(2);
        assertThat(sandbox.run("eval", "pictures", pictures, "--sigma", "x").code())
                .isEqualTo(2);
        assertThat(sandbox.run("eval", "pictures", pictures, "--limit", "0").code())
                .isEqualTo(2);
        assertThat(sandbox.run("eval", "pictures", folder.resolve("nowhere")).code())
                .isEqualTo(2);
        assertThat(sandbox.run("eval", "pictures", pictures, "--steps", "3").code())
                .as("the plugin has no such parameter")
                .isEqualTo(2);
    }

    @Test
    void aPluginThatCannotBeToldTheNoiseIsRefused() {
        sandbox.inverter("inverter", 1);
        Outcome outcome = sandbox.run("eval", "pictures", pictures, "--plugin", "inverter");
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("it has no parameter sigma");
    }

    @Test
    void aCameraTaskComparesBlindWithSingleNoiseLevels() throws IOException {
        JsonNode json = evaluate("--task", "camera", "--setting", "500", "--limit", "1");
        assertThat(json.at("/task").asText()).isEqualTo("camera");
        assertThat(json.at("/results/0").fieldNames())
                .toIterable()
                .containsSubsequence("file", "electrons", "psnr_in", "psnr", "ssim", "psnr_told_6", "psnr_told_30");
        double in = json.at("/mean/0/psnr_in").asDouble();
        assertThat(in).as("grey of a sensor with 500 electrons a pixel").isBetween(22.0, 35.0);
        assertThat(json.at("/mean/0/psnr_told_13").asDouble())
                .as("this network changes nothing, whatever it is told")
                .isCloseTo(in, within(0.01));
    }

    @Test
    void aTaskThatThePluginCannotDoIsRefused() {
        Outcome outcome = sandbox.run("eval", "pictures", pictures, "--task", "inpaint");
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("it has no parameter mask");
        assertThat(sandbox.run("eval", "pictures", pictures, "--task", "nonsense")
                        .err())
                .contains("nonsense is no task", "superres");
        assertThat(sandbox.run("eval", "pictures", pictures, "--task", "camera", "--blind")
                        .code())
                .isEqualTo(2);
    }
}
