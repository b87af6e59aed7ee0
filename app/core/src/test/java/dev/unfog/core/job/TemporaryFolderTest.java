package dev.unfog.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unfog.core.media.OwnerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryFolderTest {
    @Test
    void itVanishesWithAllThatIsInIt() throws Exception {
        Path path;
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            path = folder.path();
            Files.writeString(folder.subfolder("deep").resolve("file"), "x");
            assertThat(path).isDirectory();
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void whatKilledProcessesLeftIsSweptAndNothingElse(@TempDir Path space) throws Exception {
        String[] own = OwnerProcess.mark().split("-");
        String dead = own[0] + "-" + (Long.parseLong(own[1]) - 3600);
        Path left = Files.createDirectory(space.resolve("unfog-" + dead + "-123"));
        Files.writeString(left.resolve("pixels"), "x");
        Path inUse = Files.createDirectory(space.resolve("unfog-" + OwnerProcess.mark() + "-123"));
        Path foreign = Files.createDirectory(space.resolve("unfog-holiday"));
        TemporaryFolder.sweep(space);
        assertThat(left).doesNotExist();
        assertThat(inUse).isDirectory();
        assertThat(foreign).isDirectory();
    }
}
