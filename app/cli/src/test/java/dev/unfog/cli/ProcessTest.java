package dev.unfog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    void makeSandbox() throws IOException {
        sandbox = new Sandbox(folder).inverter("inverter", 1);
        Files.createDirectories(folder.resolve("temporary"));
    }

    private ProcessBuilder unfog(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dunfog.installation=" + sandbox.installation.directory(),
                "-Djava.io.tmpdir=" + folder.resolve("temporary"),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder process = new ProcessBuilder(command).redirectErrorStream(true);
        process.environment().put("UNFOG_HOME", sandbox.installation.home().toString());
        return process;
    }

    @Test
    void theExitCodeIsThatOfTheCommand() throws Exception {
        Path input = sandbox.picture("a.png", 4, 4);
        Process done = unfog(
                        "clean", input.toString(), "-o", folder.resolve("b.png").toString())
                .start();
        String output = new String(done.getInputStream().readAllBytes());
        assertThat(done.waitFor()).as(output).isZero();
        assertThat(output.strip()).isEqualTo(folder.resolve("b.png").toString());
        assertThat(unfog("nonsense").start().waitFor()).isEqualTo(2);
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no SIGINT to send")
    void interruptingLeavesNothingAndEndsWith130() throws Exception {
        Path input = sandbox.picture("a.png", 4, 4);
        Path out = folder.resolve("out");
        Process slow = unfog("clean", input.toString(), "-o", out + "/a.png", "--mode", "slow")
                .start();
        Path temporary = folder.resolve("temporary");
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
}
