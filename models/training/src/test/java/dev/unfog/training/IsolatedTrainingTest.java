package dev.unfog.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unfog.api.train.ScoreTraining;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IsolatedTrainingTest {
    @TempDir
    Path folder;

    private static String placeOf(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }

    @Test
    void trainingWorksBehindAClassLoaderOfItsOwn() throws Exception {
        TestPictures.write(folder.resolve("pictures"), 20, 32);
        Path network = folder.resolve("net.onnx");
        String api = placeOf(ScoreTraining.class);
        String tests = placeOf(IsolatedTraining.class);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                api + File.pathSeparator + tests,
                IsolatedTraining.class.getName(),
                folder.resolve("pictures").toString(),
                network.toString()));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!entry.equals(tests)) {
                command.add(entry);
            }
        }
        Path output = folder.resolve("output.txt");
        int exit = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        assertThat(exit).as(Files.readString(output)).isZero();
        assertThat(network).isNotEmptyFile();
    }
}
