package dev.unfog.api.sde;

import dev.unfog.api.Cancellation;
import dev.unfog.api.Progress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is to be sampled: the process, the network, where to begin, how many steps, the seed, and how to go about it.
 *
 * <p>Immutable; may be used for many runs, each of which gives the same result.
 *
 * @since 0.1.0
 */
public final class SamplingRequest {
    private final ForwardProcess process;
    private final Denoiser denoiser;
    private final StateShape shape;
    private final double[] noiseLevels;
    private final SamplingStart start;
    private final GaussianNoise noise;
    private final long[] sampleIndices;
    private final StateSpace space;
    private final int blockLength;
    private final int threads;
    private final @Nullable DataConsistency consistency;
    private final Progress progress;
    private final Cancellation cancellation;

    private SamplingRequest(Builder builder) {
        process = Builder.required("process", builder.process);
        denoiser = Builder.required("denoiser", builder.denoiser);
        shape = Builder.required("shape", builder.shape);
        start = builder.start;
        noise = new GaussianNoise(builder.seed);
        space = builder.space;
        blockLength = builder.blockLength;
        threads = builder.threads;
        consistency = builder.consistency;
        progress = builder.progress;
        cancellation = builder.cancellation;
        long[] indices = builder.sampleIndices;
        if (indices == null) {
            indices = new long[shape.samples()];
            Arrays.setAll(indices, i -> i);
        }
        if (indices.length != shape.samples()) {
            throw new IllegalArgumentException(
                    "there are " + shape.samples() + " samples but " + indices.length + " sample indices");
        }
        sampleIndices = indices;

        double endLevel = process.noiseLevel(process.endTime());
        double highest = endLevel;
        SampleState given = null;
        if (start instanceof SamplingStart.Noisy noisy) {
            highest = noisy.noiseLevel();
            given = noisy.observation();
        } else if (start instanceof SamplingStart.Perturbed perturbed) {
            highest = perturbed.noiseLevel();
            given = perturbed.guess();
        } else if (start instanceof SamplingStart.Prior prior) {
            given = prior.observation();
            if (given == null && process.priorObservationScale() != 0) {
                throw new IllegalArgumentException("the process " + process.name()
                        + " begins around an observation; give it with SamplingStart.prior(observation)");
            }
        }
        if (given != null && !given.shape().equals(shape)) {
            throw new IllegalArgumentException("the start has the shape " + given.shape() + " instead of " + shape);
        }
        // A hair above the end is the rounding of a unit conversion; more is a network asked what it never learned.
        if (highest > endLevel * (1 + 1e-6)) {
            throw new IllegalArgumentException("the noise level " + highest + " of the start is above " + endLevel
                    + ", the highest that the process " + process.name() + " has");
        }
        highest = Math.min(highest, endLevel);
        Double wanted = builder.lowestNoiseLevel;
        double lowest = Math.min(highest, wanted == null ? process.noiseLevel(process.startTime()) : wanted);
        NoiseSchedule schedule = builder.schedule;
        if (schedule == null) {
            schedule = process.priorObservationScale() == 0 ? NoiseSchedule.karras(7) : NoiseSchedule.uniformInTime();
        }
        noiseLevels = schedule.noiseLevels(process, highest, lowest, builder.steps);
        check(noiseLevels, highest);
    }

    private static void check(double[] levels, double highest) {
        if (levels.length == 0 || levels[0] != highest) {
            throw new IllegalArgumentException("a noise schedule must begin at the highest level, " + highest);
        }
        for (int i = 0; i < levels.length; i++) {
            boolean falls = i == 0 || levels[i] < levels[i - 1];
            if (!falls || !(levels[i] > 0)) {
                throw new IllegalArgumentException(
                        "noise levels must be positive and fall, not " + Arrays.toString(levels));
            }
        }
    }

    /** {@return a builder} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return the forward process} */
    public ForwardProcess process() {
        return process;
    }

    /** {@return the network} */
    public Denoiser denoiser() {
        return denoiser;
    }

    /** {@return the shape of the states} */
    public StateShape shape() {
        return shape;
    }

    /** {@return the noise levels at which the network is called, from high to low, as a copy} */
    public double[] noiseLevels() {
        return noiseLevels.clone();
    }

    /** {@return what sampling begins with} */
    public SamplingStart start() {
        return start;
    }

    GaussianNoise noise() {
        return noise;
    }

    long sampleIndex(int sample) {
        return sampleIndices[sample];
    }

    /** {@return where states are put} */
    public StateSpace space() {
        return space;
    }

    int blockLength() {
        return blockLength;
    }

    int threads() {
        return threads;
    }

    /** {@return the guidance, or null} */
    public @Nullable DataConsistency consistency() {
        return consistency;
    }

    Progress progress() {
        return progress;
    }

    Cancellation cancellation() {
        return cancellation;
    }

    /**
     * Collects what a request needs; {@code set} is required, {@code opt} is not.
     *
     * @since 0.1.0
     */
    public static final class Builder {
        private @Nullable ForwardProcess process;
        private @Nullable Denoiser denoiser;
        private @Nullable StateShape shape;
        private int steps = 20;
        private SamplingStart start = SamplingStart.prior();
        private @Nullable NoiseSchedule schedule;
        private @Nullable Double lowestNoiseLevel;
        private long seed;
        private long @Nullable [] sampleIndices;
        private StateSpace space = StateSpace.IN_MEMORY;
        private int blockLength = BlockSweep.DEFAULT_LENGTH;
        private int threads = Runtime.getRuntime().availableProcessors();
        private @Nullable DataConsistency consistency;
        private Progress progress = Progress.NONE;
        private Cancellation cancellation = Cancellation.NEVER;

        private Builder() {}

        private static <T> T required(String name, @Nullable T value) {
            if (value == null) {
                throw new IllegalStateException("a sampling request needs a " + name);
            }
            return value;
        }

        /**
         * Sets the forward process that the network was trained for.
         *
         * @param value the forward process that the network was trained for
         * @return this builder
         */
        public Builder setProcess(ForwardProcess value) {
            process = value;
            return this;
        }

        /**
         * Sets the network.
         *
         * @param value the network
         * @return this builder
         */
        public Builder setDenoiser(Denoiser value) {
            denoiser = value;
            return this;
        }

        /**
         * Sets the shape of the states.
         *
         * @param value the shape of the states
         * @return this builder
         */
        public Builder setShape(StateShape value) {
            shape = value;
            return this;
        }

        /**
         * Sets how many noise levels are visited, at least 1; 20 if not set.
         *
         * @param value how many noise levels are visited, at least 1
         * @return this builder
         */
        public Builder optSteps(int value) {
            if (value < 1 || value >= GaussianNoise.STEP_LIMIT) {
                throw new IllegalArgumentException(
                        "steps must be at least 1 and below " + GaussianNoise.STEP_LIMIT + ", not " + value);
            }
            steps = value;
            return this;
        }

        /**
         * Sets what sampling begins with; noise alone if not set.
         *
         * @param value what sampling begins with
         * @return this builder
         */
        public Builder optStart(SamplingStart value) {
            start = value;
            return this;
        }

        /**
         * Sets how the noise levels are spaced; if not set, by Karras with ρ = 7, and evenly in time for a process that
         * begins around an observation.
         *
         * @param value how the noise levels are spaced
         * @return this builder
         */
        public Builder optSchedule(NoiseSchedule value) {
            schedule = value;
            return this;
        }

        /**
         * Sets the last noise level σ̂ at which the network is called; that of the process at t_ε if not set.
         *
         * @param value the last noise level σ̂ at which the network is called
         * @return this builder
         */
        public Builder optLowestNoiseLevel(double value) {
            lowestNoiseLevel = ProcessConstants.positive("lowestNoiseLevel", value);
            return this;
        }

        /**
         * Sets the seed of the noise; 0 if not set.
         *
         * @param value the seed of the noise
         * @return this builder
         */
        public Builder optSeed(long value) {
            seed = value;
            return this;
        }

        /**
         * Sets which samples these are, so that each has its own noise whatever it is batched with; 0, 1, 2, … if not set.
         *
         * @param values one index for each sample of the shape, from 0, below {@link GaussianNoise#SAMPLE_LIMIT}
         * @return this builder
         */
        public Builder optSampleIndices(long... values) {
            sampleIndices = values.clone();
            return this;
        }

        /**
         * Sets where states are put; in memory if not set.
         *
         * @param value where states are put
         * @return this builder
         */
        public Builder optSpace(StateSpace value) {
            space = value;
            return this;
        }

        /**
         * Sets how many values an elementwise step takes at a time; 65,536 if not set. Does not change the result.
         *
         * @param value how many values an elementwise step takes at a time
         * @return this builder
         */
        public Builder optBlockLength(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("blockLength must be at least 1, not " + value);
            }
            blockLength = value;
            return this;
        }

        /**
         * Sets how many threads do elementwise steps; one for each processor if not set. Does not change the result.
         *
         * @param value how many threads do elementwise steps
         * @return this builder
         */
        public Builder optThreads(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("threads must be at least 1, not " + value);
            }
            threads = value;
            return this;
        }

        /**
         * Sets the guidance by a measurement; none if not set.
         *
         * @param value the guidance by a measurement
         * @return this builder
         */
        public Builder optConsistency(DataConsistency value) {
            consistency = value;
            return this;
        }

        /**
         * Sets where progress is reported, after each network call; nowhere if not set.
         *
         * @param value where progress is reported, after each network call
         * @return this builder
         */
        public Builder optProgress(Progress value) {
            progress = value;
            return this;
        }

        /**
         * Sets what can stop the work, asked before each network call; nothing if not set.
         *
         * @param value what can stop the work, asked before each network call
         * @return this builder
         */
        public Builder optCancellation(Cancellation value) {
            cancellation = value;
            return this;
        }

        /**
         * {@return the request}
         *
         * @throws IllegalStateException if something required is missing
         * @throws IllegalArgumentException if parts do not fit each other; the message says which
         */
        public SamplingRequest build() {
            return new SamplingRequest(this);
        }
    }
}
