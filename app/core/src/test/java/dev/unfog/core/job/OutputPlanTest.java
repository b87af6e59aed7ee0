package dev.unfog.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputPlanTest {
    @TempDir
    Path folder;

    private Path out;

    @BeforeEach
    void makeOutputFolderName() {
        out = folder.resolve("out");
    }

    private Path file(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, "x");
    }

    private static OutputPlan plan(String output, boolean recursive, Path... inputs) {
        return OutputPlan.of(
                List.of(inputs),
                output,
                recursive,
                file -> !file.toString().endsWith(".txt"),
                name -> name.replaceAll("\\.webp$", ".png"));
    }

    private static void assertRefused(String message, String output, boolean recursive, Path... inputs) {
        assertThatThrownBy(() -> plan(output, recursive, inputs))
                .isInstanceOfSatisfying(
                        UnfogException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_PARAMETER))
                .hasMessageContaining(message);
    }

    @Test
    void oneFileBecomesTheNamedOutput() throws IOException {
        Path input = file("a.webp");
        assertThat(plan(out + ".tif", false, input).items())
                .containsExactly(new OutputPlan.Item(input, Path.of(out + ".tif")));
    }

    @Test
    void oneFileGoesIntoAFolderThatExistsOrIsWrittenWithASlash() throws IOException {
        Path input = file("a.webp");
        assertThat(plan(out + "/", false, input).items())
                .containsExactly(new OutputPlan.Item(input, out.resolve("a.png")));
        Files.createDirectory(out);
        assertThat(plan(out.toString(), false, input).items())
                .containsExactly(new OutputPlan.Item(input, out.resolve("a.png")));
    }

    @Test
    void severalFilesGoIntoAFolder() throws IOException {
        assertThat(plan(out.toString(), false, file("a.png"), file("b.jpg")).items())
                .extracting(OutputPlan.Item::output)
                .containsExactly(out.resolve("a.png"), out.resolve("b.jpg"));
    }

    @Test
    void aFolderKeepsItsTreeAndLeavesOutWhatIsNotMedia() throws IOException {
        file("in/b/2.png");
        file("in/a.png");
        file("in/b/1.webp");
        file("in/notes.txt");
        assertThat(plan(out.toString(), true, folder.resolve("in")).items())
                .extracting(OutputPlan.Item::output)
                .containsExactly(out.resolve("a.png"), out.resolve("b/1.png"), out.resolve("b/2.png"));
    }

    @Test
    void resultsThatLieInsideTheInputFolderAreNotInput() throws IOException {
        Path input = file("in/a.png");
        file("in/out/a.png");
        assertThat(plan(folder.resolve("in/out").toString(), true, folder.resolve("in"))
                        .items())
                .extracting(OutputPlan.Item::input)
                .containsExactly(input);
    }

    @Test
    void aFolderNeedsRecursive() throws IOException {
        file("in/a.png");
        assertRefused("add --recursive", out.toString(), false, folder.resolve("in"));
    }

    @Test
    void twoInputsWithOneResultAreRefused() throws IOException {
        assertRefused("the same file as that of", out.toString(), false, file("x/a.png"), file("y/a.png"));
        assertRefused("the same file as that of", out.toString(), false, file("a.webp"), file("a.png"));
        assertRefused("the same file as that of", out.toString(), false, file("b.png"), file("b.png"));
    }

    @Test
    void severalFilesCannotGoIntoAFile() throws IOException {
        assertRefused("name a folder", file("taken").toString(), false, file("a.png"), file("b.png"));
    }

    @Test
    void aFolderWithoutMediaIsRefused() throws IOException {
        file("in/notes.txt");
        assertRefused("no media file", out.toString(), true, folder.resolve("in"));
    }
}
