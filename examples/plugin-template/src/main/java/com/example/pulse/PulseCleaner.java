package com.example.pulse;

import com.example.pulse.PulseCodec.Pulse;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.param.Parameter;
import dev.unfog.api.param.ParameterType;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.api.plugin.PluginContext;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.score.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.pf4j.Extension;

/** Denoises a pulse through a window that slides along it; each value becomes the mean of what its windows say. */
@Extension
public final class PulseCleaner implements Cleaner {
    private static final Parameter<Double> NOISE_LEVEL = new Parameter<>(
            "noise-level", new ParameterType.Real(0.001, 1000), null, "", "how strong the noise is; estimated if not given");
    private static final int BATCH = 1024;

    @Override
    public String summary() {
        return "Takes the noise out of pulse recordings";
    }

    @Override
    public Set<MediaKind> accepts() {
        return Set.of(PulseCodec.KIND);
    }

    @Override
    public List<Parameter<?>> parameters() {
        return List.of(NOISE_LEVEL);
    }

    @Override
    public void clean(Media input, Outputs outputs, ParameterValues parameters, PluginContext context) {
        float[] pulse = ((Pulse) input).values();
        double level = parameters.find(NOISE_LEVEL).orElseGet(() -> estimate(pulse));
        outputs.note("noiseLevel", level);
        float[] cleaned = new float[pulse.length];
        try (ScoreNetwork network = context.openNetwork("pulse")) {
            int width = network.card().channels();
            int windows = pulse.length - width + 1;
            if (windows < 1) {
                throw new UnfogException(ErrorCode.UNREADABLE_MEDIA, input.name(),
                        "it has fewer than " + width + " values", "record for longer");
            }
            for (int first = 0; first < windows; first += BATCH) {
                context.cancellation().throwIfCancelled();
                int count = Math.min(BATCH, windows - first);
                Tensor noisy = Tensor.allocate(count, width);
                Tensor clean = Tensor.allocate(count, width);
                Tensor noise = Tensor.allocate(count, 1);
                for (int i = 0; i < count; i++) {
                    noisy.data().put(i * width, pulse, first + i, width);
                    noise.data().put(i, (float) level);
                }
                network.denoise(noisy, noise, clean);
                for (int i = 0; i < count * width; i++) {
                    int place = first + i / width + i % width;
                    int covering = Math.min(Math.min(place + 1, pulse.length - place), Math.min(width, windows));
                    cleaned[place] += clean.data().get(i) / covering;
                }
                context.progress().report((first + count) / (double) windows, "cleaning");
            }
        }
        try {
            Files.write(outputs.file(Outputs.MAIN, "pulse"),
                    IntStream.range(0, cleaned.length).mapToObj(i -> Float.toString(cleaned[i])).toList());
        } catch (IOException exception) {
            throw new UnfogException(ErrorCode.OUTPUT_NOT_WRITABLE, input.name(), "it cannot be written", "make room", exception);
        }
    }

    /** The noise level by how far values are from their neighbours: the median, which a pulse's few bends do not move. */
    private static double estimate(float[] pulse) {
        double[] bends = IntStream.range(1, pulse.length - 1)
                .mapToDouble(i -> Math.abs(pulse[i - 1] - 2 * pulse[i] + pulse[i + 1])).sorted().toArray();
        return bends.length == 0 ? 1 : Math.max(0.001, bends[bends.length / 2] / (0.6745 * Math.sqrt(6)));
    }
}
