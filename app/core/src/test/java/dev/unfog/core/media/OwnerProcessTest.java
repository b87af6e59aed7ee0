package dev.unfog.core.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnerProcessTest {
    /** Starts a Java that says its version, and waits for its end. */
    private static String markOfADeadProcess() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-version")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        String mark = OwnerProcess.mark(process.toHandle());
        assertThat(OwnerProcess.isDead(mark)).as("while it runs").isFalse();
        process.waitFor();
        return mark;
    }

    @Test
    void aProcessIsDeadOnceItHasEndedAndThisOneIsAlive() throws Exception {
        assertThat(OwnerProcess.mark()).matches(OwnerProcess.MARK);
        assertThat(OwnerProcess.isDead(OwnerProcess.mark())).isFalse();
        assertThat(OwnerProcess.isDead(markOfADeadProcess())).isTrue();
    }

    @Test
    void aNumberThatWasGivenOutAgainDoesNotKeepTheDeadAlive() {
        String[] own = OwnerProcess.mark().split("-");
        String former = own[0] + "-" + (Long.parseLong(own[1]) - 3600);
        assertThat(OwnerProcess.isDead(former)).isTrue();
        assertThat(OwnerProcess.isDead("no mark")).isFalse();
    }

    @Test
    void whatIsHalfWrittenIsSweptOnlyIfItsProcessIsDead(@TempDir Path folder) throws Exception {
        Path left = write(folder, ".a.png." + markOfADeadProcess() + "-1f.part");
        Path inUse = write(folder, ".a.png." + OwnerProcess.mark() + "-1f.part");
        Path foreign = write(folder, ".a.png.part");
        ResultFiles.sweep(folder);
        ResultFiles.sweep(folder.resolve("nowhere"));
        assertThat(left).doesNotExist();
        assertThat(inUse).exists();
        assertThat(foreign).exists();
    }

    private static Path write(Path folder, String name) throws IOException {
        return Files.writeString(folder.resolve(name), "half");
    }
}
