package dev.unfog.core.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Color;
import dev.unfog.api.media.PictureLayout.Depth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultFilesTest {
    private static final PictureLayout LAYOUT = SamplePictures.rgb(50, 40);

    @TempDir
    private Path folder;

    @TempDir
    private Path temporary;

    @Test
    void nothingIsThereBeforeTheCommitNorWithoutOne() {
        try (ResultFiles results = results("result.png")) {
            results.picture(Outputs.MAIN, LAYOUT).write(LAYOUT.bounds(), SamplePictures.smooth(LAYOUT));
            assertThat(folder).isEmptyDirectory();
        }
        assertThat(folder).isEmptyDirectory();
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void aCommitMakesTheFilesAndTheirFolderAndNothingElse() {
        Path target = folder.resolve("new/deep/result.tif");
        try (ResultFiles results = new ResultFiles(target, null, ResultOptions.DEFAULT, temporary)) {
            results.picture("deviation", SamplePictures.grey(50, 40));
            results.picture(Outputs.MAIN, LAYOUT);
            assertThat(results.commit(Map.of())).containsExactly(target, target.resolveSibling("result.deviation.png"));
        }
        assertThat(target.getParent().toFile().list()).containsExactlyInAnyOrder("result.tif", "result.deviation.png");
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void theInputIsNotOverwrittenUnlessThatIsAsked() throws IOException {
        Path input = SamplePictures.write(folder.resolve("a.png"), LAYOUT, SamplePictures.smooth(LAYOUT), temporary);
        byte[] before = Files.readAllBytes(input);
        Path detour = Files.createDirectories(folder.resolve("sub")).resolve("../a.png");
        try (PictureFile picture = SamplePictures.open(input, temporary)) {
            assertThatThrownBy(() -> new ResultFiles(detour, picture, ResultOptions.DEFAULT, temporary))
                    .isInstanceOfSatisfying(UnfogException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.OUTPUT_NOT_WRITABLE);
                        assertThat(e).hasMessageContaining("it is the input itself");
                    });
            assertThat(Files.readAllBytes(input)).isEqualTo(before);
            float[] other = SamplePictures.random(LAYOUT, 2);
            SamplePictures.write(
                    input, LAYOUT, other, picture, new ResultOptions(OptionalInt.empty(), true), temporary);
            try (PictureFile written = SamplePictures.open(input, temporary)) {
                assertThat(SamplePictures.all(written)).isEqualTo(other);
            }
        }
    }

    @Test
    void aTargetInsideAFileIsRefusedBeforeAnyWork() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> new ResultFiles(file.resolve("a.png"), null, ResultOptions.DEFAULT, temporary))
                .isInstanceOfSatisfying(
                        UnfogException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUTPUT_NOT_WRITABLE));
        assertThatThrownBy(() -> new ResultFiles(folder, null, ResultOptions.DEFAULT, temporary))
                .isInstanceOf(UnfogException.class)
                .hasMessageContaining("it is a folder");
    }

    @Test
    void whatAFormatCannotHoldIsRefusedBeforeAnyWork() {
        PictureLayout withOpacity = new PictureLayout(5, 5, Color.RGB, true, Depth.UINT8);
        try (ResultFiles results = results("result.jpg")) {
            assertThatThrownBy(() -> results.picture(Outputs.MAIN, withOpacity))
                    .isInstanceOf(UnfogException.class)
                    .hasMessageContaining("a JPEG cannot hold opacity");
            assertThatThrownBy(() -> results.picture(Outputs.MAIN, SamplePictures.grey(70_000, 1)))
                    .isInstanceOf(UnfogException.class)
                    .hasMessageContaining("70000x1");
        }
        try (ResultFiles results = results("result.webp")) {
            assertThatThrownBy(() -> results.picture(Outputs.MAIN, LAYOUT))
                    .isInstanceOf(UnfogException.class)
                    .hasMessageContaining(".png, .jpg or .tif");
        }
    }

    @Test
    void aPluginWritesItsOwnFormatWhereTheUserAskedForItAndNowhereElse() throws IOException {
        Path target = folder.resolve("result.trace");
        try (ResultFiles results = new ResultFiles(target, null, ResultOptions.DEFAULT, temporary)) {
            Files.writeString(results.file(Outputs.MAIN, "trace"), "clean");
            Files.writeString(results.file("report", "txt"), "told");
            assertThat(results.hasMain()).isTrue();
            assertThat(folder).isEmptyDirectory();
            assertThat(results.commit(Map.of())).containsExactly(target, folder.resolve("result.report.txt"));
        }
        assertThat(target).hasContent("clean");
        try (ResultFiles results = results("result.png")) {
            assertThatThrownBy(() -> results.file(Outputs.MAIN, "trace"))
                    .isInstanceOf(UnfogException.class)
                    .hasMessageContaining("let its name end in .trace");
        }
        try (ResultFiles results = results("unwritten.trace")) {
            results.file(Outputs.MAIN, "trace");
            assertThatThrownBy(() -> results.commit(Map.of()))
                    .isInstanceOfSatisfying(
                            UnfogException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PLUGIN_BROKEN));
        }
        assertThat(folder).isDirectoryNotContaining("glob:**unwritten*");
    }

    @Test
    void twoResultsOfOneNameAreAMistakeOfThePlugin() {
        try (ResultFiles results = results("result.png")) {
            results.picture(Outputs.MAIN, LAYOUT);
            assertThatThrownBy(() -> results.picture(Outputs.MAIN, LAYOUT))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> results.picture("../escape", LAYOUT)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void theSameInputMakesTheSameBytes() throws IOException {
        for (String name : new String[] {"a.png", "a.jpg", "a.tif"}) {
            PictureLayout large = SamplePictures.rgb(1300, 900);
            byte[] first = Files.readAllBytes(
                    SamplePictures.write(folder.resolve(name), large, SamplePictures.smooth(large), temporary));
            byte[] second = Files.readAllBytes(
                    SamplePictures.write(folder.resolve(name), large, SamplePictures.smooth(large), temporary));
            assertThat(second).isEqualTo(first);
        }
    }

    @Test
    void aFullDiskIsSaidAndNothingIsLeftOnIt() throws Exception {
        Path disk = Files.createDirectories(folder.resolve("disk"));
        assumeThat(run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk.toString()))
                .as("only root mounts a small disk")
                .isZero();
        try {
            PictureLayout large = SamplePictures.rgb(600, 600);
            for (String name : new String[] {"a.png", "a.jpg", "a.tif"}) {
                Path file = disk.resolve(name);
                assertThatThrownBy(() -> SamplePictures.write(
                                file,
                                large,
                                SamplePictures.random(large, 6),
                                null,
                                new ResultOptions(OptionalInt.of(100), false),
                                temporary))
                        .isInstanceOfSatisfying(UnfogException.class, e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL);
                            assertThat(e.subject()).isEqualTo(file.toString());
                        });
                assertThat(disk).isEmptyDirectory();
            }
            // The folder for temporary data can be full too.
            Path input = SamplePictures.write(
                    folder.resolve("input.png"), large, SamplePictures.random(large, 6), temporary);
            assertThatThrownBy(() -> SamplePictures.open(input, disk))
                    .isInstanceOfSatisfying(
                            UnfogException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL));
            assertThat(disk).isEmptyDirectory();
        } finally {
            run("umount", disk.toString());
        }
        assertThat(temporary).isEmptyDirectory();
    }

    private ResultFiles results(String name) {
        return new ResultFiles(folder.resolve(name), null, ResultOptions.DEFAULT, temporary);
    }

    private static int run(String... command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            return process.waitFor(10, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } catch (IOException e) {
            return -1;
        }
    }
}
