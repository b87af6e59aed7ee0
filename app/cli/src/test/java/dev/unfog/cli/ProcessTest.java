package dev.unfog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unfog.core.plugin.TestPlugin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process of its own, where exit codes and signals are the system's. */
class ProcessTest {
    @TempDir
    private Path folder;

    private Sandbox sandbox;

    @BeforeEach
    void makeSandbox() {
        sandbox = new Sandbox(folder).inverter("inverter", 1);
    }

    @Test
    void theExitCodeIsThatOfTheCommand() throws Exception {
        Path input = sandbox.picture("a.png", 4, 4);
        Process done =
                sandbox.process("clean", input, "-o", folder.resolve("b.png")).start();
        String output = new String(done.getInputStream().readAllBytes());
        assertThat(done.waitFor()).as(output).isZero();
        assertThat(output.strip()).isEqualTo(folder.resolve("b.png").toString());
        assertThat(sandbox.process("nonsense").start().waitFor()).isEqualTo(2);
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no SIGINT to send")
    void interruptingLeavesNothingAndEndsWith130() throws Exception {
        Path input = sandbox.picture("a.png", 4, 4);
        Path out = folder.resolve("out");
        Process slow = sandbox.process("clean", input, "-o", out + "/a.png", "--mode", "slow")
                .start();
        Path temporary = sandbox.temporary();
        for (int i = 0; i < 600 && temporary.toFile().list().length == 0; i++) {
            Thread.sleep(50);
        }
        assertThat(temporary).as("the work has begun").isNotEmptyDirectory();
        new ProcessBuilder("kill", "-INT", Long.toString(slow.pid())).start().waitFor();
        assertThat(slow.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(slow.exitValue()).isEqualTo(130);
        assertThat(new String(slow.getInputStream().readAllBytes())).contains("Cancelled");
        assertThat(Sandbox.tree(out)).isEmpty();
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no SIGINT to send")
    void interruptingEndsAPluginThatHangsAndNamesIt() throws Exception {
        Path begun = folder.resolve("begun");
        TestPlugin.cleaner("deaf", """
                        try {
                            java.nio.file.Files.createFile(java.nio.file.Path.of("%s"));
                        } catch (java.io.IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                        while (true) {
                            try { Thread.sleep(1000); } catch (InterruptedException e) { continue; }
                        }
                        """.formatted(begun))
                .jar(sandbox.installation.directory().resolve("plugins/deaf.jar"));
        Path out = folder.resolve("out");
        Process hanging = sandbox.process(
                        "clean", sandbox.picture("a.png", 4, 4), "-o", out + "/a.png", "--plugin", "deaf")
                .start();
        for (int i = 0; i < 600 && !Files.exists(begun); i++) {
            Thread.sleep(50);
        }
        new ProcessBuilder("kill", "-INT", Long.toString(hanging.pid())).start().waitFor();
        long asked = System.nanoTime();
        assertThat(hanging.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(8));
        assertThat(hanging.exitValue()).isEqualTo(130);
        assertThat(new String(hanging.getInputStream().readAllBytes())).contains("plugin deaf", "does not stop");
        assertThat(Sandbox.tree(out)).isEmpty();
    }

    @Test
    void aPluginThatEndsTheProgramIsNamed() throws Exception {
        TestPlugin.cleaner("leaver", "System.exit(0);")
                .jar(sandbox.installation.directory().resolve("plugins/leaver.jar"));
        Path out = folder.resolve("out.png");
        Process process = sandbox.process("clean", sandbox.picture("a.png", 4, 4), "-o", out, "--plugin", "leaver")
                .start();
        assertThat(new String(process.getInputStream().readAllBytes()))
                .contains("plugin leaver", "ends the whole program");
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(out).doesNotExist();
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no SIGINT to send")
    void interruptingIsHowWatchingEndsWell() throws Exception {
        sandbox.picture("in/a.png", 4, 4);
        Path out = folder.resolve("out");
        Process watching = sandbox.process("clean", sandbox.file("in"), "-o", out, "-r", "--watch")
                .start();
        for (int i = 0; i < 600 && !Files.exists(out.resolve("a.png")); i++) {
            Thread.sleep(50);
        }
        new ProcessBuilder("kill", "-INT", Long.toString(watching.pid()))
                .start()
                .waitFor();
        assertThat(watching.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(new String(watching.getInputStream().readAllBytes())).contains("1 cleaned, 0 failed in ");
        assertThat(watching.exitValue()).isZero();
        assertThat(sandbox.temporary()).isEmptyDirectory();
    }
}
