package dev.unfog.plugins.speech;

import dev.unfog.api.Cancellation;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.score.NetworkCard;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.score.Tensor;
import dev.unfog.api.sde.Denoiser;
import dev.unfog.api.sde.ForwardProcess;
import dev.unfog.api.sde.ForwardProcesses;
import dev.unfog.api.sde.MemoryState;
import dev.unfog.api.sde.SampleState;
import dev.unfog.api.sde.Sampler;
import dev.unfog.api.sde.SamplingRequest;
import dev.unfog.api.sde.SamplingStart;
import dev.unfog.api.sde.StateShape;
import dev.unfog.api.sde.StateSpace;

/** Asks the network, or a sampler around it, what was said in a piece of a recording. For one thread. */
final class WindowDenoiser {
    private static final int CHANNELS = 2 * CompressedSpectrogram.BINS;

    private final ScoreNetwork network;
    private final ForwardProcess process;
    private final SpeechSettings settings;
    private final Cancellation cancellation;

    WindowDenoiser(ScoreNetwork network, SpeechSettings settings, Cancellation cancellation) {
        this.network = network;
        this.settings = settings;
        this.cancellation = cancellation;
        NetworkCard.Process named = network.card().process();
        try {
            process = ForwardProcesses.named(named.name(), named.constants());
        } catch (IllegalArgumentException e) {
            throw new UnfogException(
                    ErrorCode.CONTRACT_BROKEN,
                    network.card().id(),
                    e.getMessage(),
                    "have its author correct the card, or use another network",
                    e);
        }
    }

    /**
     * Denoises a compressed spectrogram.
     *
     * @param observed {@code [512, spectra]}; not written to
     * @param spectra its length
     * @param piece the number of this piece of the recording, by which its noise is drawn
     * @return of the same shape
     */
    float[] denoise(float[] observed, int spectra, long piece) {
        StateShape shape = new StateShape(1, CHANNELS, spectra);
        MemoryState observation = new MemoryState(shape, observed);
        Tensor x = Tensor.allocate(1, CHANNELS, spectra);
        Tensor y = Tensor.of(observed, 1, CHANNELS, spectra);
        Tensor denoised = Tensor.allocate(1, CHANNELS, spectra);
        float[] values = new float[observed.length];
        Denoiser denoiser = Denoiser.conditional(
                (noised, given, time, into) -> {
                    noised.read(0, values, 0, values.length);
                    x.data().put(values);
                    network.denoise(x, y, Tensor.of(new float[] {(float) time}, 1), denoised);
                    denoised.data().get(values);
                    into.write(0, values, 0, values.length);
                },
                observation,
                StateSpace.IN_MEMORY);
        SamplingRequest.Builder request = SamplingRequest.builder()
                .setProcess(process)
                .setDenoiser(denoiser)
                .setShape(shape)
                .optSeed(settings.seed())
                .optCancellation(cancellation);
        Sampler sampler = settings.sampler();
        if (sampler == null) {
            return new MagnitudeAverage(request, process, settings.steps(), settings.seed()).of(observation, piece);
        }
        request.optStart(SamplingStart.prior(observation))
                .optSteps(settings.steps())
                .optSampleIndices(piece);
        try (SampleState sample = sampler.sample(request.build())) {
            float[] result = new float[observed.length];
            sample.read(0, result, 0, result.length);
            return result;
        }
    }
}
