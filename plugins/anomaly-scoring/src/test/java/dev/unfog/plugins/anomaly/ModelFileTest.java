package dev.unfog.plugins.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFileTest {
    @TempDir
    private Path folder;

    private Path model() throws IOException {
        Path network = Files.write(folder.resolve("n.onnx"), new byte[] {1, 2, 3});
        Path file = folder.resolve("m.unfog");
        ModelFile.write(
                file, Map.of("kind", "rows"), Map.of("network.onnx", network), Map.of("a.f32", new float[] {1.5f, -2}));
        return file;
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        try (ModelFile file = ModelFile.open(model())) {
            assertThat(file.description().text("kind")).isEqualTo("rows");
            assertThat(file.array("a.f32")).containsExactly(1.5f, -2f);
            assertThat(file.extract("network.onnx", Files.createDirectory(folder.resolve("out"))))
                    .hasBinaryContent(new byte[] {1, 2, 3});
        }
    }

    @Test
    void aModelIsAnOrdinaryZip() throws IOException {
        try (ZipFile zip = new ZipFile(model().toFile())) {
            assertThat(zip.getComment()).startsWith("sha256:");
            assertThat(zip.getEntry("model.json")).isNotNull();
        }
    }

    @Test
    void theSameContentIsTheSameFile() throws IOException {
        byte[] first = Files.readAllBytes(model());

        assertThat(Files.readAllBytes(model())).isEqualTo(first);
    }

    @Test
    void everyChangedByteIsNoticed() throws IOException {
        Path file = model();
        byte[] sound = Files.readAllBytes(file);
        for (int i = 0; i < sound.length; i++) {
            byte[] changed = sound.clone();
            changed[i] ^= 1;
            Files.write(file, changed);
            assertRefused(ErrorCode.MODEL_DAMAGED, file);
        }
    }

    @Test
    void aModelThatIsCutShortIsRefused() throws IOException {
        Path file = model();
        byte[] sound = Files.readAllBytes(file);
        for (int length : new int[] {0, 10, sound.length / 2, sound.length - 1}) {
            Files.write(file, java.util.Arrays.copyOf(sound, length));
            assertRefused(ErrorCode.MODEL_DAMAGED, file);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1})
    void anOlderOrNewerVersionIsRefused(int distance) throws IOException {
        Path file = folder.resolve("m.unfog");
        ModelFile.write(file, Map.of("version", ModelFile.VERSION + distance), Map.of(), Map.of());

        assertRefused(ErrorCode.CONTRACT_BROKEN, file);
    }

    @Test
    void aFileThatIsNotThereIsRefused() {
        assertRefused(ErrorCode.MODEL_NOT_FOUND, folder.resolve("none.unfog"));
    }

    private static void assertRefused(ErrorCode code, Path file) {
        assertThatThrownBy(() -> ModelFile.open(file).close())
                .isInstanceOfSatisfying(
                        UnfogException.class, error -> assertThat(error.code()).isEqualTo(code));
    }
}
