package dev.unfog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.unfog.cli.Sandbox.Outcome;
import dev.unfog.core.job.Installation;
import dev.unfog.core.model.TinyNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    @TempDir
    private Path folder;

    private Sandbox sandbox;

    @BeforeEach
    void makeSandbox() {
        sandbox = new Sandbox(folder);
    }

    private void breakAPlugin() throws IOException {
        Path plugins = sandbox.installation.directory().resolve("plugins");
        Files.createDirectories(plugins);
        Files.writeString(plugins.resolve("broken.zip"), "no zip");
    }

    @Test
    void helpListsTheCommandsWithExamplesAndExitCodes() throws IOException {
        breakAPlugin();
        Outcome help = sandbox.run("--help");
        assertThat(help.code()).isZero();
        assertThat(help.out())
                .contains("Usage: unfog")
                .contains("  clean ")
                .contains("  eval ")
                .contains("  train ")
                .contains("  plugins ")
                .contains("  models ")
                .contains("  devices ")
                .contains("  doctor ")
                .contains("  completion ")
                .contains("unfog clean photo.jpg -o clean.jpg")
                .contains("Exit codes: 0 done, 1 failed, 2 wrong usage, 3 some files failed, 130 cancelled.");
        assertThat(help.err()).as("plugins are not even looked at").isEmpty();
    }

    @Test
    void versionIsPrinted() {
        assertThat(sandbox.run("--version").out().strip()).isEqualTo("unfog " + Installation.VERSION);
        assertThat(Installation.VERSION).matches("[0-9]+\\.[0-9]+\\.[0-9]+.*");
    }

    @Test
    void wrongUsageEndsWithTwoAndSaysWhereHelpIs() {
        assertThat(sandbox.run().code()).isEqualTo(2);
        Outcome unknown = sandbox.run("claen");
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).contains("claen").contains("clean").contains("unfog --help");
        assertThat(unknown.out()).isEmpty();
        assertThat(sandbox.run("eval").code()).isEqualTo(2);
        assertThat(sandbox.run("clean").err()).contains("--output").contains("unfog clean --help");
    }

    @Test
    void everyCommandHasHelp() {
        for (String command : new String[] {
            "clean",
            "eval",
            "eval pictures",
            "train",
            "train pictures",
            "plugins",
            "plugins list",
            "plugins info",
            "plugins search",
            "plugins install",
            "plugins remove",
            "plugins enable",
            "plugins disable",
            "plugins verify",
            "plugins new",
            "plugins sign",
            "models",
            "models list",
            "models info",
            "models verify",
            "models import",
            "models remove",
            "devices",
            "doctor",
            "completion"
        }) {
            Outcome help = sandbox.run((Object[]) (command + " --help").split(" "));
            assertThat(help.code()).as(command).isZero();
            assertThat(help.out())
                    .as(command)
                    .contains("Usage: unfog " + command)
                    .contains("--help");
        }
    }

    @Test
    void pluginsAreListedAndBrokenOnesNamed() throws IOException {
        sandbox.inverter("inverter", 1);
        breakAPlugin();
        Outcome list = sandbox.run("plugins", "list");
        assertThat(list.out()).contains("inverter 1.2.3").contains("unfog clean: inverts pictures (picture)");
        assertThat(list.err()).contains("PluginBroken").contains("broken.zip");
        assertThat(list.code()).isEqualTo(3);
        JsonNode json = new JsonMapper()
                .readTree(sandbox.run("plugins", "list", "--json").out());
        assertThat(json.at("/plugins/0/id").asText()).isEqualTo("inverter");
        assertThat(json.at("/plugins/0/operations/0/parameters/0").asText()).isEqualTo("amount");
        assertThat(json.at("/failures/0/code").asText()).isEqualTo("PluginBroken");
    }

    @Test
    void modelsAreListedAndDamagedOnesNamed() throws IOException {
        Path models = sandbox.installation.directory().resolve("models");
        TinyNetwork.gaussian("sound", 3, 0.1f).write(models.resolve("sound"));
        TinyNetwork.gaussian("damaged", 3, 0.1f).write(models.resolve("damaged"));
        Path file = models.resolve("damaged/model.onnx");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);

        assertThat(sandbox.run("models", "list").code()).isZero();
        Outcome verify = sandbox.run("models", "verify");
        assertThat(verify.code()).isEqualTo(3);
        assertThat(verify.out()).contains("sound").doesNotContain("damaged");
        assertThat(verify.err()).contains("ModelDamaged").contains("damaged").contains("install the network again");
        JsonNode json = new JsonMapper()
                .readTree(sandbox.run("models", "verify", "--json").out());
        assertThat(json.at("/models/0/error/code").asText()).isEqualTo("ModelDamaged");
        assertThat(json.at("/models/1/sha256").asText()).hasSize(64);
    }

    @Test
    void devicesNameTheProcessorAndWhatAutoTakes() throws IOException {
        assertThat(sandbox.run("devices").out()).contains("cpu");
        JsonNode json =
                new JsonMapper().readTree(sandbox.run("devices", "--json").out());
        assertThat(json.at("/devices/0/device").asText()).isEqualTo("cpu");
        assertThat(json.at("/devices/0/available").asBoolean()).isTrue();
        assertThat(json.at("/auto").asText()).isNotEmpty();
    }

    @Test
    void doctorIsSilentAboutAHealthyInstallationAndNamesWhatIsWrong() throws IOException {
        sandbox.inverter("inverter", 1);
        Outcome healthy = sandbox.run("doctor");
        assertThat(healthy.code()).isZero();
        assertThat(healthy.out())
                .contains("unfog         " + Installation.VERSION)
                .contains("java ")
                .contains("telemetry     off")
                .contains("plugins       inverter 1.2.3");
        assertThat(healthy.err()).isEmpty();

        breakAPlugin();
        Outcome ill = sandbox.run("doctor", "--json");
        assertThat(ill.code()).isEqualTo(1);
        JsonNode json = new JsonMapper().readTree(ill.out());
        assertThat(json.at("/problems/0/code").asText()).isEqualTo("PluginBroken");
        assertThat(json.at("/processors").asInt()).isPositive();
    }

    @Test
    void completionIsAScriptThatBashAcceptsAndKnowsThePluginsFlags() throws Exception {
        sandbox.inverter("inverter", 1);
        Outcome completion = sandbox.run("completion");
        assertThat(completion.code()).isZero();
        assertThat(completion.out())
                .contains("--amount")
                .contains("--recursive")
                .contains("plain");
        Path script = Files.writeString(folder.resolve("completion.bash"), completion.out());
        Process bash = new ProcessBuilder("bash", "-n", script.toString())
                .redirectErrorStream(true)
                .start();
        assertThat(bash.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(new String(bash.getInputStream().readAllBytes())).isEmpty();
        assertThat(bash.exitValue()).isZero();
    }

    @Test
    void trainingThatIsNotInstalledIsATypedErrorThatSaysHowToInstallIt() {
        Outcome train = sandbox.run("train", "pictures", folder, "-o", folder.resolve("net.onnx"));
        assertThat(train.code()).isEqualTo(1);
        assertThat(train.err())
                .contains("PluginNotFound: training: the training service is not installed")
                .contains("-training-")
                .contains(sandbox.installation.home().toString());
    }

    @Test
    void aMistakeInTheSettingsIsNamed() throws IOException {
        sandbox.inverter("inverter", 1);
        Files.createDirectories(sandbox.installation.home());
        Files.writeString(sandbox.installation.configurationFile(), "colour = blue\n");
        Outcome clean = sandbox.run("clean", sandbox.picture("a.png", 4, 4), "-o", sandbox.file("out.png"));
        assertThat(clean.code()).isEqualTo(2);
        assertThat(clean.err()).contains("there is no setting colour");
    }
}
