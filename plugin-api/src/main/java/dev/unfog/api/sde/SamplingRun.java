package dev.unfog.api.sde;

import java.util.ArrayList;
import java.util.List;

/** One run of a sampler: its states, its noise, its calls of the network. */
final class SamplingRun implements AutoCloseable {
    private static final int START_STEP = 0;

    private final SamplingRequest request;
    private final double[] levels;
    private final BlockSweep sweep;
    private final List<SampleState> open = new ArrayList<>();
    private final int totalCalls;
    private int calls;

    /** û. */
    final SampleState state;
    /** D. */
    final SampleState denoised;

    SamplingRun(SamplingRequest request, int totalCalls) {
        this(request, request.noiseLevels(), totalCalls);
    }

    SamplingRun(SamplingRequest request, double[] levels, int totalCalls) {
        this.request = request;
        this.totalCalls = totalCalls;
        this.levels = levels;
        sweep = new BlockSweep(request.blockLength(), request.threads());
        boolean ready = false;
        try {
            state = allocate();
            denoised = allocate();
            ready = true;
        } finally {
            if (!ready) {
                close();
            }
        }
    }

    /** Returns a further state, closed at the end of the run. */
    SampleState allocate() {
        SampleState allocated = request.space().allocate(request.shape());
        open.add(allocated);
        return allocated;
    }

    double level(int index) {
        return levels[index];
    }

    /** Returns the index of the lowest level. */
    int last() {
        return levels.length - 1;
    }

    /** Returns whether there is a first step, from the end of a bridge, that is the ancestral draw for every sampler. */
    static boolean beginsAtBridgeEnd(double[] levels) {
        return levels.length > 1 && levels[0] == Double.POSITIVE_INFINITY;
    }

    /** Fills the state with what sampling begins with and returns the index of its level. */
    int begin() {
        double highest = levels[0];
        SamplingStart start = request.start();
        if (start instanceof SamplingStart.Noisy noisy) {
            combine(state, new double[] {1}, noisy.observation());
        } else if (start instanceof SamplingStart.Perturbed perturbed) {
            combine(state, highest, START_STEP, 0, new double[] {1}, perturbed.guess());
        } else if (highest == Double.POSITIVE_INFINITY) {
            combine(state, new double[] {});
        } else {
            // x_T = p y + s z, so that û = (p − b) y / a + σ̂ z.
            ForwardProcess process = request.process();
            Marginal end = process.marginal(process.endTime());
            double weight = (process.priorObservationScale() - end.observationScale()) / end.meanScale();
            SampleState observation = ((SamplingStart.Prior) start).observation();
            if (observation == null) {
                combine(state, highest, START_STEP, 0, new double[] {});
            } else {
                combine(state, highest, START_STEP, 0, new double[] {weight}, observation);
            }
        }
        if (!beginsAtBridgeEnd(levels)) {
            return 0;
        }
        denoise(state, highest, denoised);
        combine(state, levels[1], stepOf(0), 0, new double[] {1}, denoised);
        return 1;
    }

    /** Returns the number under which the step that leaves a level draws its noise. */
    static int stepOf(int levelIndex) {
        return START_STEP + 1 + levelIndex;
    }

    /** Calls the network, and the guidance if there is one. */
    void denoise(SampleState at, double noiseLevel, SampleState into) {
        request.cancellation().throwIfCancelled();
        ForwardProcess process = request.process();
        double time = Math.max(0, process.timeOf(noiseLevel));
        double meanScale = process.meanScale(time);
        double standardDeviation =
                noiseLevel == Double.POSITIVE_INFINITY ? process.standardDeviation(time) : noiseLevel * meanScale;
        request.denoiser()
                .denoise(at, new Marginal(time, meanScale, process.observationScale(time), standardDeviation), into);
        DataConsistency consistency = request.consistency();
        if (consistency != null) {
            consistency.apply(into, noiseLevel);
        }
        calls++;
        request.progress().report((double) calls / totalCalls, "network call " + calls + " of " + totalCalls);
    }

    /** Sets the target to Σ weight · source. */
    void combine(SampleState target, double[] weights, SampleState... sources) {
        sweep.combine(target, weights, sources);
    }

    /** Sets the target to Σ weight · source + noiseScale · z, z being the draw of the step. */
    void combine(SampleState target, double noiseScale, int step, int draw, double[] weights, SampleState... sources) {
        sweep.combine(
                target,
                weights,
                sources,
                noiseScale,
                (offset, into, length) -> noise(step, draw, offset, into, length));
    }

    private void noise(int step, int draw, long offset, float[] into, int length) {
        StateShape shape = request.shape();
        int done = 0;
        while (done < length) {
            long plane = (offset + done) / shape.positions();
            long position = (offset + done) % shape.positions();
            int run = (int) Math.min(length - done, shape.positions() - position);
            int sample = (int) (plane / shape.channels());
            int channel = (int) (plane % shape.channels());
            request.noise().fill(request.sampleIndex(sample), step, draw, channel, position, into, done, run);
            done += run;
        }
    }

    /** Takes the step from the lowest level to 0 and returns the result, which now belongs to the caller. */
    SampleState finish() {
        denoise(state, levels[last()], denoised);
        open.remove(denoised);
        return denoised;
    }

    @Override
    public void close() {
        open.forEach(SampleState::close);
        open.clear();
        sweep.close();
    }
}
