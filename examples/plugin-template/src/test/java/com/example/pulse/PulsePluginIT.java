package com.example.pulse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unfog.api.Cancellation;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.core.job.CleanJob;
import dev.unfog.core.job.Installation;
import dev.unfog.core.job.RunSettings;
import dev.unfog.core.job.Unfog;
import dev.unfog.core.media.ResultOptions;
import dev.unfog.core.plugin.PluginExtension;
import dev.unfog.testkit.PluginContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every promise of a plugin, from the contract, and then what only this plugin promises. */
class PulsePluginIT extends PluginContract {
    @TempDir
    private Path folder;

    @Override
    protected Path plugin() {
        return Path.of(System.getProperty("plugin.zip"));
    }

    @Override
    protected List<Path> samples() {
        return List.of(Path.of("samples/noisy.pulse"));
    }

    @Override
    protected List<Path> badSamples() {
        return List.of(
                Heartbeats.write(new float[] {0, 1, 0}, folder.resolve("short.pulse")),
                Heartbeats.write(new float[] {Float.NaN, 1}, folder.resolve("nan.pulse")));
    }

    @Test
    void takesMostOfTheNoiseAwayWhetherItIsToldTheLevelOrNot() throws IOException {
        float[] clean = Heartbeats.clean(1000, 99);
        float[] noisy = Heartbeats.noisy(clean, 0.15, 100);
        Path input = Heartbeats.write(noisy, folder.resolve("noisy.pulse"));
        for (Map<String, String> told : List.of(Map.of("noise-level", "0.15"), Map.<String, String>of())) {
            float[] cleaned = clean(input, told);
            assertThat(decibels(clean, noisy, cleaned)).as("gain in dB, told %s", told).isGreaterThan(6);
        }
    }

    @Test
    void theNetworkIsTheOneThatTheCodeBesideThisTestMakes() {
        assertThat(Path.of("src/main/models/pulse/model.onnx")).hasBinaryContent(PulseNetwork.onnx());
    }

    private float[] clean(Path input, Map<String, String> told) throws IOException {
        Path home = Files.createDirectories(folder.resolve("home/plugins")).getParent();
        Path installed = home.resolve("plugins").resolve(plugin().getFileName());
        if (!Files.exists(installed)) {
            Files.copy(plugin(), installed);
        }
        Path output = folder.resolve("clean.pulse");
        try (Unfog unfog = new Unfog(new Installation(folder.resolve("nowhere"), home))) {
            PluginExtension<Cleaner> cleaner = unfog.plugins().operations(Cleaner.class).get(0);
            ParameterValues values = ParameterValues.parse(cleaner.call(Cleaner::parameters), told);
            new CleanJob(unfog, cleaner, RunSettings.DEFAULT, ResultOptions.DEFAULT)
                    .run(input, output, values, (fraction, message) -> {}, Cancellation.NEVER);
        }
        List<String> lines = Files.readAllLines(output);
        float[] cleaned = new float[lines.size()];
        for (int i = 0; i < cleaned.length; i++) {
            cleaned[i] = Float.parseFloat(lines.get(i));
        }
        return cleaned;
    }

    private static double decibels(float[] clean, float[] before, float[] after) {
        double was = 0;
        double is = 0;
        for (int i = 0; i < clean.length; i++) {
            was += Math.pow(before[i] - clean[i], 2);
            is += Math.pow(after[i] - clean[i], 2);
        }
        return 10 * Math.log10(was / is);
    }
}
