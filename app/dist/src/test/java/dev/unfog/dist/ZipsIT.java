package dev.unfog.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Unpacks the zips as a user does: Unfog first, and training once it is missed. */
@Tag("zips")
class ZipsIT {
    @TempDir
    private Path folder;

    private static Path zip(boolean isTraining) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            return files.filter(file -> file.toString().endsWith(".zip"))
                    .filter(file -> file.toString().contains("-training-") == isTraining)
                    .findFirst()
                    .orElseThrow()
                    .toAbsolutePath();
        }
    }

    private int run(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out.txt").toFile());
        builder.environment().put("UNFOG_HOME", folder.resolve("home").toString());
        Process process = builder.start();
        assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        return process.exitValue();
    }

    private String said() throws IOException {
        return Files.readString(folder.resolve("out.txt"));
    }

    private void unpack(Path zip, Path into) throws IOException, InterruptedException {
        Files.createDirectories(into);
        String jar = Path.of(System.getProperty("java.home"), "bin", "jar").toString();
        assertThat(run("sh", "-c", "cd '" + into + "' && exec '" + jar + "' -xf '" + zip + "'"))
                .as(said())
                .isZero();
    }

    @Test
    void trainingIsNamedWhereItIsMissedAndFoundOnceItIsUnpacked() throws Exception {
        unpack(zip(false), folder);
        Path unfog;
        try (Stream<Path> folders = Files.list(folder)) {
            unfog = folders.filter(each -> Files.exists(each.resolve("bin/unfog")))
                    .findFirst()
                    .orElseThrow();
        }
        assertThat(unfog.resolve("training")).doesNotExist();
        String launcher = unfog.resolve("bin/unfog").toString();
        assertThat(run("sh", launcher, "--version")).as(said()).isZero();
        Files.createDirectory(folder.resolve("pictures"));

        List<String> train =
                List.of("sh", launcher, "train", "pictures", "pictures", "-o", "mine.onnx", "--steps", "1");
        assertThat(run(train.toArray(String[]::new))).isEqualTo(1);
        assertThat(said())
                .contains("the training service is not installed", "-training-", "into " + folder.resolve("home"));

        unpack(zip(true), folder.resolve("home"));
        assertThat(run(train.toArray(String[]::new))).isEqualTo(1);
        // Now it is the pictures that are missed.
        assertThat(said()).doesNotContain("training service").contains("pictures");
    }
}
