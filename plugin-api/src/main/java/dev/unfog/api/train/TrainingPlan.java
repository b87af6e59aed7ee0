package dev.unfog.api.train;

import dev.unfog.api.media.MediaKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What to train, on what, at what noise levels, and for how long.
 *
 * <p>It ends after its steps or its time, whichever comes first; the learning rate falls along half a cosine by the share
 * that is done, so that it ends settled either way. Limited by steps alone, the result is a function of the plan and its seed.
 * Immutable.
 *
 * @since 0.1.0
 */
public final class TrainingPlan {
    private final String id;
    private final MediaKind kind;
    private final Architecture architecture;
    private final TrainingData data;
    private final NoiseLevels noiseLevels;
    private final Path output;
    private final double rangeMinimum;
    private final double rangeMaximum;
    private final List<Double> validationLevels;
    private final long steps;
    private final @Nullable Duration timeBudget;
    private final int batch;
    private final double learningRate;
    private final int warmupSteps;
    private final double weightDecay;
    private final double muonRate;
    private final double averageDecay;
    private final double clipNorm;
    private final long seed;
    private final int threads;
    private final @Nullable Path checkpointDirectory;
    private final Duration checkpointInterval;
    private final @Nullable Path initialNetwork;

    private TrainingPlan(Builder builder) {
        id = Objects.requireNonNull(builder.id, "setId");
        kind = Objects.requireNonNull(builder.kind, "setKind");
        architecture = Objects.requireNonNull(builder.architecture, "setArchitecture");
        data = Objects.requireNonNull(builder.data, "setData");
        noiseLevels = Objects.requireNonNull(builder.noiseLevels, "setNoiseLevels");
        output = Objects.requireNonNull(builder.output, "setOutput");
        rangeMinimum = builder.rangeMinimum;
        rangeMaximum = builder.rangeMaximum;
        validationLevels = builder.validationLevels;
        steps = builder.steps;
        timeBudget = builder.timeBudget;
        batch = builder.batch;
        learningRate = builder.learningRate;
        warmupSteps = builder.warmupSteps;
        weightDecay = builder.weightDecay;
        muonRate = builder.muonRate;
        averageDecay = builder.averageDecay;
        clipNorm = builder.clipNorm;
        seed = builder.seed;
        threads = builder.threads;
        checkpointDirectory = builder.checkpointDirectory;
        checkpointInterval = builder.checkpointInterval;
        initialNetwork = builder.initialNetwork;
        if (steps == Long.MAX_VALUE && timeBudget == null) {
            throw new IllegalArgumentException("A training needs an end: optSteps or optTimeBudget");
        }
    }

    /** {@return a plan to be filled in; six of its settings are required} */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * {@return the plan by which the released network for photographs is trained, to be changed or given its length}
     *
     * <p>A bias-free U-Net, noise levels 0.5 to 300 of 255 with most samples at 2 to 80, batches of 32, Muon.
     *
     * @param data pictures in 0..1 with 3 channels, see {@link ScoreTraining#pictures}
     * @param output the ONNX file to write
     */
    public static Builder forPictures(TrainingData data, Path output) {
        return builder()
                .setId("photo")
                .setKind(MediaKind.PICTURE)
                .setArchitecture(new Architecture.PictureUNet(3, List.of(48, 64, 96), 2))
                .setData(data)
                .setNoiseLevels(NoiseLevels.logUniform(0.5 / 255, 300.0 / 255)
                        .focusedOn(2.0 / 255, 80.0 / 255, 0.85)
                        .withVaryingShare(0.06)
                        .withFloor(8.0 / 255))
                .setOutput(output)
                .optMuonRate(0.004)
                .optRange(0, 1)
                .optValidationLevels(List.of(15.0 / 255, 25.0 / 255, 50.0 / 255));
    }

    /** {@return the name of the network on its card} */
    public String id() {
        return id;
    }

    /** {@return the kind of media that it is for} */
    public MediaKind kind() {
        return kind;
    }

    /** {@return the network} */
    public Architecture architecture() {
        return architecture;
    }

    /** {@return the clean samples} */
    public TrainingData data() {
        return data;
    }

    /** {@return how noise levels are drawn} */
    public NoiseLevels noiseLevels() {
        return noiseLevels;
    }

    /** {@return the ONNX file to write} */
    public Path output() {
        return output;
    }

    /** {@return the smallest value that clean data nominally has} */
    public double rangeMinimum() {
        return rangeMinimum;
    }

    /** {@return the largest value that clean data nominally has} */
    public double rangeMaximum() {
        return rangeMaximum;
    }

    /** {@return the noise levels at which held-out samples are denoised for validation} */
    public List<Double> validationLevels() {
        return validationLevels;
    }

    /** {@return after how many steps the training ends; {@link Long#MAX_VALUE} if only time ends it} */
    public long steps() {
        return steps;
    }

    /** {@return after how much time the training ends, if time ends it} */
    public Optional<Duration> timeBudget() {
        return Optional.ofNullable(timeBudget);
    }

    /** {@return the number of samples of a step} */
    public int batch() {
        return batch;
    }

    /** {@return the highest learning rate of Adam} */
    public double learningRate() {
        return learningRate;
    }

    /** {@return over how many steps the learning rate rises at first} */
    public int warmupSteps() {
        return warmupSteps;
    }

    /** {@return the decoupled weight decay} */
    public double weightDecay() {
        return weightDecay;
    }

    /**
     * {@return the highest learning rate of the matrices within the network under Muon; 0 where Adam moves everything}
     */
    public double muonRate() {
        return muonRate;
    }

    /** {@return the decay of the moving average of the weights, which is what is written} */
    public double averageDecay() {
        return averageDecay;
    }

    /** {@return the longest gradient, over all weights together, that is followed at its full length} */
    public double clipNorm() {
        return clipNorm;
    }

    /** {@return the seed of the weights and of the noise} */
    public long seed() {
        return seed;
    }

    /** {@return how many threads compute; the result does not depend on it} */
    public int threads() {
        return threads;
    }

    /** {@return where the state of the training is kept, if anywhere} */
    public Optional<Path> checkpointDirectory() {
        return Optional.ofNullable(checkpointDirectory);
    }

    /** {@return how often the state is saved and the network validated} */
    public Duration checkpointInterval() {
        return checkpointInterval;
    }

    /** {@return the ONNX file whose weights the training starts from, if any} */
    public Optional<Path> initialNetwork() {
        return Optional.ofNullable(initialNetwork);
    }

    /**
     * Fills in a plan. {@code setX} is required, {@code optX} has a default. Not safe for use by many threads.
     *
     * @since 0.1.0
     */
    public static final class Builder {
        private @Nullable String id;
        private @Nullable MediaKind kind;
        private @Nullable Architecture architecture;
        private @Nullable TrainingData data;
        private @Nullable NoiseLevels noiseLevels;
        private @Nullable Path output;
        private double rangeMinimum = -1;
        private double rangeMaximum = 1;
        private List<Double> validationLevels = List.of();
        private long steps = Long.MAX_VALUE;
        private @Nullable Duration timeBudget;
        private int batch = 32;
        private double learningRate = 1e-3;
        private int warmupSteps = 200;
        private double weightDecay;
        private double muonRate;
        private double averageDecay = 0.999;
        private double clipNorm = 1;
        private long seed;
        private int threads = Runtime.getRuntime().availableProcessors();
        private @Nullable Path checkpointDirectory;
        private Duration checkpointInterval = Duration.ofMinutes(5);
        private @Nullable Path initialNetwork;

        private Builder() {}

        /**
         * Sets the name of the network on its card.
         *
         * @param value the name of the network on its card
         * @return this builder
         */
        public Builder setId(String value) {
            id = value;
            return this;
        }

        /**
         * Sets the kind of media that the network is for.
         *
         * @param value the kind of media that the network is for
         * @return this builder
         */
        public Builder setKind(MediaKind value) {
            kind = value;
            return this;
        }

        /**
         * Sets the network.
         *
         * @param value the network
         * @return this builder
         */
        public Builder setArchitecture(Architecture value) {
            architecture = value;
            return this;
        }

        /**
         * Sets the clean samples.
         *
         * @param value the clean samples
         * @return this builder
         */
        public Builder setData(TrainingData value) {
            data = value;
            return this;
        }

        /**
         * Sets how noise levels are drawn.
         *
         * @param value how noise levels are drawn
         * @return this builder
         */
        public Builder setNoiseLevels(NoiseLevels value) {
            noiseLevels = value;
            return this;
        }

        /**
         * Sets the ONNX file to write.
         *
         * @param value the ONNX file to write
         * @return this builder
         */
        public Builder setOutput(Path value) {
            output = value;
            return this;
        }

        /**
         * Sets the nominal range of clean data; -1 to 1 by default.
         *
         * @param minimum the smallest
         * @param maximum the largest
         * @return this builder
         */
        public Builder optRange(double minimum, double maximum) {
            rangeMinimum = minimum;
            rangeMaximum = maximum;
            return this;
        }

        /**
         * Sets the noise levels of validation; none by default.
         *
         * @param levels the noise levels of validation
         * @return this builder
         */
        public Builder optValidationLevels(List<Double> levels) {
            validationLevels = List.copyOf(levels);
            return this;
        }

        /**
         * Sets after how many steps to end. This or the time budget must be set.
         *
         * @param value after how many steps to end
         * @return this builder
         */
        public Builder optSteps(long value) {
            steps = positive(value, "steps");
            return this;
        }

        /**
         * Sets after how much time to end. This or the steps must be set.
         *
         * @param value after how much time to end
         * @return this builder
         */
        public Builder optTimeBudget(Duration value) {
            positive(value.toMillis(), "milliseconds");
            timeBudget = value;
            return this;
        }

        /**
         * Sets the number of samples of a step; 32 by default.
         *
         * @param value the number of samples of a step
         * @return this builder
         */
        public Builder optBatch(int value) {
            batch = (int) positive(value, "samples");
            return this;
        }

        /**
         * Sets the highest learning rate; 0.001 by default.
         *
         * @param value the highest learning rate
         * @return this builder
         */
        public Builder optLearningRate(double value) {
            learningRate = value;
            return this;
        }

        /**
         * Sets over how many steps the learning rate rises at first; 200 by default.
         *
         * @param value over how many steps the learning rate rises at first
         * @return this builder
         */
        public Builder optWarmupSteps(int value) {
            warmupSteps = value;
            return this;
        }

        /**
         * Sets the decoupled weight decay; 0 by default.
         *
         * @param value the decoupled weight decay
         * @return this builder
         */
        public Builder optWeightDecay(double value) {
            weightDecay = value;
            return this;
        }

        /**
         * Sets the highest learning rate of the matrices within the network, which then move along orthogonalised momentum (Muon,
         * Jordan et al. 2024) and not by Adam; 0, all by Adam, by default. 0.002 to 0.004 trained a U-Net in a tenth of the time.
         * Its products of matrices may be rounded differently from run to run, so that a seed gives the same result to rounding only.
         *
         * @param value the highest learning rate of the matrices within the network, which then move along orthogonalised momentum (Muon, Jordan et al
         * @return this builder
         */
        public Builder optMuonRate(double value) {
            muonRate = value;
            return this;
        }

        /**
         * Sets the decay of the moving average of the weights; 0.999 by default.
         *
         * @param value the decay of the moving average of the weights
         * @return this builder
         */
        public Builder optAverageDecay(double value) {
            averageDecay = value;
            return this;
        }

        /**
         * Sets the longest gradient that is followed at its full length; 1 by default.
         *
         * @param value the longest gradient that is followed at its full length
         * @return this builder
         */
        public Builder optClipNorm(double value) {
            clipNorm = value;
            return this;
        }

        /**
         * Sets the seed; 0 by default.
         *
         * @param value the seed
         * @return this builder
         */
        public Builder optSeed(long value) {
            seed = value;
            return this;
        }

        /**
         * Sets how many threads compute; as many as there are processors by default.
         *
         * @param value how many threads compute
         * @return this builder
         */
        public Builder optThreads(int value) {
            threads = (int) positive(value, "threads");
            return this;
        }

        /**
         * Sets where the state of the training is kept, created if it is not there; nowhere by default.
         *
         * @param value where the state of the training is kept, created if it is not there
         * @return this builder
         */
        public Builder optCheckpointDirectory(Path value) {
            checkpointDirectory = value;
            return this;
        }

        /**
         * Sets how often the state is saved and the network validated; every 5 minutes by default.
         *
         * @param value how often the state is saved and the network validated
         * @return this builder
         */
        public Builder optCheckpointInterval(Duration value) {
            checkpointInterval = value;
            return this;
        }

        /**
         * Sets the ONNX file to start from, written by a training of the same architecture; random weights by default.
         *
         * @param value the ONNX file to start from, written by a training of the same architecture
         * @return this builder
         */
        public Builder optInitialNetwork(Path value) {
            initialNetwork = value;
            return this;
        }

        private static long positive(long value, String what) {
            if (value < 1) {
                throw new IllegalArgumentException("A training needs at least one of " + what + ", not " + value);
            }
            return value;
        }

        /**
         * {@return the plan}
         *
         * @throws NullPointerException if a required setting is missing; the message names it
         * @throws IllegalArgumentException if it has no end
         */
        public TrainingPlan build() {
            return new TrainingPlan(this);
        }
    }
}
