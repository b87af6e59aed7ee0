package dev.unfog.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unfog.api.Cancellation;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.core.media.ResultOptions;
import dev.unfog.core.plugin.PluginExtension;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plugins that were built against earlier versions are never built again, and load and clean for ever. */
class CompatibilityTest {
    @TempDir
    private Path folder;

    @Test
    void aPluginThatWasBuiltAgainstTheFirstVersionLoadsAndCleans() throws IOException {
        Path plugins = Files.createDirectories(folder.resolve("home/plugins"));
        try (InputStream zip = getClass().getResourceAsStream("/compatibility/built-against-0.1.0.zip")) {
            Files.copy(zip, plugins.resolve("pulse-cleaner.zip"));
        }
        Random random = new Random(1);
        List<String> noise = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            noise.add(Float.toString((float) (0.1 * random.nextGaussian())));
        }
        Path input = Files.write(folder.resolve("noise.pulse"), noise);
        Path output = folder.resolve("clean.pulse");
        try (Unfog unfog = new Unfog(new Installation(folder.resolve("nowhere"), folder.resolve("home")))) {
            assertThat(unfog.plugins().failures()).isEmpty();
            PluginExtension<Cleaner> cleaner =
                    unfog.plugins().operations(Cleaner.class).get(0);
            ParameterValues values =
                    ParameterValues.parse(cleaner.call(Cleaner::parameters), Map.of("noise-level", "0.1"));
            CleanJob.Result result = new CleanJob(unfog, cleaner, RunSettings.DEFAULT, ResultOptions.DEFAULT)
                    .run(input, output, values, (fraction, message) -> {}, Cancellation.NEVER);
            assertThat(result.notes()).containsEntry("noiseLevel", 0.1);
            assertThat(result.networks()).containsOnlyKeys("pulse");
        }
        double power = 0;
        List<String> cleaned = Files.readAllLines(output);
        for (String line : cleaned) {
            power += Math.pow(Double.parseDouble(line), 2) / cleaned.size();
        }
        assertThat(cleaned).hasSize(200);
        assertThat(Math.sqrt(power)).as("what is left of noise of level 0.1").isLessThan(0.05);
    }
}
