package dev.unfog.api.sde;

/**
 * The network's answer at the noise level that sampling begins at: the least mean squared error, and one call.
 *
 * <p>Tweedie's formula (Robbins 1956; Efron 2011, "Tweedie's Formula and Selection Bias"). The steps of the request are
 * not used.
 *
 * @since 0.1.0
 */
public record OneStepSampler() implements Sampler {
    @Override
    public String name() {
        return "one-step";
    }

    @Override
    public boolean isDeterministic() {
        return true;
    }

    @Override
    public int networkCalls(SamplingRequest request) {
        return 1;
    }

    @Override
    public SampleState sample(SamplingRequest request) {
        double[] highest = {request.noiseLevels()[0]};
        try (SamplingRun run = new SamplingRun(request, highest, 1)) {
            run.begin();
            return run.finish();
        }
    }
}
