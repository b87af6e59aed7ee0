package dev.unfog.plugins.anomaly;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.Progress;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Audio;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.plugin.PluginContext;
import dev.unfog.api.plugin.Samples;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.train.Architecture;
import dev.unfog.api.train.NoiseLevels;
import dev.unfog.api.train.TrainingData;
import dev.unfog.api.train.TrainingPlan;
import dev.unfog.api.train.TrainingResult;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/** Learns from pictures or recordings what is normal: a network on patches of most of them, calibrated on the rest. */
final class PatchFitting {
    /** Fewer samples leave too few to calibrate on. */
    static final int FEWEST = 20;

    private static final int CROP = 32;
    private static final int MOST_CELLS = 20_000;
    /** A band of frequency is simpler than a picture. */
    private static final int MOST_BAND_CELLS = 4_000;

    private static final long MOST_VALUES = 1L << 26;
    /** More samples than this add little to what a released network says of them, and take long. */
    private static final int MOST_QUICK = 1_000;

    /** Noise levels in deviations of the normal pictures; below the lowest, patches are hard to tell apart. */
    private static final double[] LEVELS = NoiseLadder.geometric(0.2, 1.5, 6);

    private static final String PICTURE_NETWORK = "photo";
    private static final String SOUND_NETWORK = "speech";
    /** Noise levels for the released network of pictures, whose values lie in 0..1. */
    private static final double[] PICTURE_LEVELS = NoiseLadder.geometric(0.03, 0.4, 4);
    /** Times of the process of the released network of sound, which runs from 0 to 1. */
    private static final double[] SOUND_TIMES = {0.1, 0.3, 0.5, 0.7, 0.9};

    private final Samples normals;
    private final MediaKind kind;
    private final PluginContext context;
    private final SplittableRandom random;

    PatchFitting(Samples normals, MediaKind kind, PluginContext context) {
        this.normals = normals;
        this.kind = kind;
        this.context = context;
        random = new SplittableRandom(context.seed() + 1);
    }

    /**
     * Which of the normal samples are learned from and which are calibrated on.
     *
     * @param learned indices into the normal samples
     * @param asideOf where the others lie
     * @param aside indices there
     */
    private record Split(int[] learned, Samples asideOf, int[] aside) {}

    private Split split(int most) {
        int[] order = shuffled(normals.count());
        Optional<Samples> given = normals.calibration();
        if (given.isPresent()) {
            int[] aside = shuffled(given.get().count());
            return new Split(
                    Arrays.copyOf(order, Math.min(most, order.length)),
                    given.get(),
                    Arrays.copyOf(aside, Math.min(most, aside.length)));
        }
        int count = Math.min(most, order.length);
        int aside = count < 95 ? Math.round(0.2f * count) : TableFitting.calibrationRows(count);
        return new Split(Arrays.copyOfRange(order, aside, count), normals, Arrays.copyOf(order, aside));
    }

    private int[] shuffled(int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }

    private void requireEnough() {
        int fewest = normals.calibration().isPresent() ? FEWEST - FEWEST / 5 : FEWEST;
        if (normals.count() < fewest) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "normals",
                    "there are " + normals.count() + ", too few to learn from and to calibrate on",
                    "give at least " + fewest + " normal samples; a hundred are better");
        }
        normals.calibration().filter(aside -> aside.count() < FEWEST / 5).ifPresent(aside -> {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "calibration",
                    "there are " + aside.count() + " samples, too few to calibrate on",
                    "give at least " + FEWEST / 5 + " normal samples; a hundred are better");
        });
    }

    /**
     * Trains a network on patches of the normals and writes the model.
     *
     * @param steps of training
     */
    void fit(Path model, long steps) {
        requireEnough();
        Split split = split(Integer.MAX_VALUE);
        int channels = kind.equals(MediaKind.PICTURE) ? channels() : 1;
        List<PatchImage> training = read(split.learned(), channels);
        Split read = new Split(Arrays.copyOf(split.learned(), training.size()), split.asideOf(), split.aside());
        Standardisation standardisation = Standardisation.of(training, channels);
        training.replaceAll(standardisation::apply);
        Path onnx = context.temporaryDirectory().resolve("patches.onnx");
        TrainingResult trained = train(training, channels, onnx, steps);
        training.clear();
        try (ScoreNetwork network = context.openNetwork(onnx)) {
            PatchModel.Sight sight = new PatchModel.Sight(standardisation, LEVELS, 1);
            Map<String, Object> facts = facts(read);
            facts.put("steps", trained.steps());
            facts.put("loss", trained.loss());
            facts.put("networkSha256", trained.sha256());
            calibrated(network, false, sight, channels, read, 0.85).write(model, onnx, facts);
        }
    }

    /** Calibrates what a released network says of the normals, without training, and writes the model. */
    void fitQuickly(Path model) {
        requireEnough();
        Split split = split(MOST_QUICK);
        boolean isPicture = kind.equals(MediaKind.PICTURE);
        try (ScoreNetwork network = context.openNetwork(isPicture ? PICTURE_NETWORK : SOUND_NETWORK)) {
            int channels = isPicture ? network.card().channels() : 1;
            PatchModel.Sight sight = isPicture
                    ? new PatchModel.Sight(Standardisation.none(channels), PICTURE_LEVELS, 1)
                    : soundSight(split);
            calibrated(network, true, sight, channels, split, 0).write(model, null, facts(split));
        }
    }

    private PatchModel.Sight soundSight(Split split) {
        List<PatchImage> spectrograms = read(split.learned(), 1);
        double power = 0;
        for (int index : split.learned()) {
            try (Media media = normals.open(index)) {
                power += LogMel.power((Audio) media) / split.learned().length;
            }
        }
        return new PatchModel.Sight(Standardisation.of(spectrograms, 1), SOUND_TIMES, SpectrumNorms.gain(power));
    }

    private Map<String, Object> facts(Split split) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("samples", normals.count());
        facts.put("trainingSamples", split.learned().length);
        facts.put("calibrationSamples", split.aside().length);
        facts.put("seed", context.seed());
        return facts;
    }

    private PatchModel calibrated(
            ScoreNetwork network, boolean isReleased, PatchModel.Sight sight, int channels, Split split, double from) {
        CellNorms norms = sight.through(network);
        Set<String> known = new HashSet<>();
        double middle = from + (1 - from) * 0.8;
        PatchModel uncalibrated = learned(
                network,
                isReleased,
                sight,
                channels,
                split.learned(),
                known,
                context.progress().part(from, middle));
        PatchModel model =
                calibrated(uncalibrated, split, known, context.progress().part(middle, 1));
        context.progress()
                .report(1, "fitted to " + split.learned().length + " samples, calibrated on " + split.aside().length);
        return model;
    }

    /** Colour counts only where any of the normal pictures has some. */
    private int channels() {
        for (int i = 0; i < normals.count(); i++) {
            try (Media media = normals.open(i)) {
                if (((Picture) media).layout().color() == PictureLayout.Color.RGB) {
                    return 3;
                }
            }
        }
        return 1;
    }

    /** Returns a sample as it is looked at. */
    private static PatchImage image(Media media, int channels) {
        return media instanceof Picture picture
                ? PatchImage.of(picture, channels).reduced()
                : LogMel.of((Audio) media);
    }

    /** Reads samples until there are enough of them. */
    private List<PatchImage> read(int[] indices, int channels) {
        List<PatchImage> images = new ArrayList<>();
        long values = 0;
        for (int i = 0; i < indices.length && values < MOST_VALUES; i++) {
            context.cancellation().throwIfCancelled();
            context.progress().report(0.05 * i / indices.length, "reading");
            try (Media media = normals.open(indices[i])) {
                PatchImage image = image(media, channels);
                values += image.values().length;
                images.add(image);
            }
        }
        return images;
    }

    private TrainingResult train(List<PatchImage> images, int channels, Path onnx, long steps) {
        TrainingPlan plan = TrainingPlan.builder()
                .setId("patches")
                .setKind(MediaKind.PICTURE)
                .setArchitecture(new Architecture.PictureUNet(channels, List.of(32), 2))
                .setData(new Crops(images, channels, context.seed()))
                .setNoiseLevels(NoiseLevels.logUniform(0.1, 2))
                .setOutput(onnx)
                .optRange(-2, 3)
                .optSteps(steps)
                .optBatch(32)
                .optLearningRate(2e-3)
                .optWarmupSteps(50)
                .optAverageDecay(0.99)
                .optSeed(context.seed())
                .build();
        return context.training().train(plan, context.progress().part(0.05, 0.85), context.cancellation());
    }

    /** Crops anywhere in any of the samples, every other one at half size. */
    private record Crops(List<PatchImage> whole, List<PatchImage> halved, int channels, long seed)
            implements TrainingData {
        Crops(List<PatchImage> images, int channels, long seed) {
            this(images, images.stream().map(PatchImage::half).toList(), channels, seed);
        }

        @Override
        public int[] sampleShape() {
            return new int[] {channels, CROP, CROP};
        }

        @Override
        public void draw(long index, FloatBuffer sample) {
            SplittableRandom random = new SplittableRandom(seed ^ (index * 0x9E3779B97F4A7C15L));
            PatchImage image = (index % 2 == 0 ? whole : halved).get(random.nextInt(whole.size()));
            int left = random.nextInt(Math.max(1, image.width() - CROP + 1));
            int top = random.nextInt(Math.max(1, image.height() - CROP + 1));
            float[] crop = new float[channels * CROP * CROP];
            image.copy(left, top, CROP, CROP, crop, 0);
            sample.put(crop);
        }
    }

    /**
     * Learns from a random choice of the cells of all samples, as many of each, and from the profiles of recordings.
     *
     * @param known receives what tells each sample from any other
     */
    private PatchModel learned(
            ScoreNetwork network,
            boolean isReleased,
            PatchModel.Sight sight,
            int channels,
            int[] indices,
            Set<String> known,
            Progress progress) {
        CellNorms norms = sight.through(network);
        int measures = norms.measures();
        boolean isPicture = kind.equals(MediaKind.PICTURE);
        int share = Math.max(1, (isPicture ? MOST_CELLS : MOST_BAND_CELLS) / indices.length);
        List<float[]> bands = new ArrayList<>();
        List<List<float[]>> profiles = new ArrayList<>();
        for (int i = 0; i < indices.length; i++) {
            progress.report((double) i / indices.length, "looking at normal samples");
            try (Media media = normals.open(indices[i])) {
                PatchImage image = image(media, channels);
                known.add(image.digest());
                CellGrid grid = norms.look(media, image, context.cancellation());
                int count = isPicture ? 1 : grid.rows();
                int length = grid.rows() * grid.columns() / count;
                for (int band = 0; band < count; band++) {
                    if (i == 0) {
                        bands.add(new float[share * indices.length * measures]);
                    }
                    for (int j = 0; j < share; j++) {
                        int cell = band * length + random.nextInt(length);
                        int at = (i * share + j) * measures;
                        System.arraycopy(grid.values(), cell * measures, bands.get(band), at, measures);
                    }
                }
                if (!isPicture) {
                    profiles.add(SampleProfiles.of(image, grid));
                }
            }
        }
        List<ProfileDistance> distances = new ArrayList<>();
        for (int profile = 0; !profiles.isEmpty() && profile < profiles.get(0).size(); profile++) {
            int which = profile;
            distances.add(ProfileDistance.of(
                    profiles.stream().map(sample -> sample.get(which)).toList()));
        }
        NormalCells cells = NormalCells.of(bands, measures);
        Calibration none = new Calibration(new float[2 * (1 + distances.size())], 1 + distances.size());
        return new PatchModel(kind.name(), channels, network, isReleased, sight, cells, distances, none, 0, 1);
    }

    private PatchModel calibrated(PatchModel model, Split split, Set<String> known, Progress progress) {
        int count = split.aside().length;
        int width = model.calibration().width();
        float[] aspects = new float[count * width];
        List<double[]> distances = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            progress.report((double) i / count, "calibrating");
            try (Media media = split.asideOf().open(split.aside()[i])) {
                PatchImage image = image(media, model.channels());
                if (split.asideOf() != normals && known.contains(image.digest())) {
                    throw new UnfogException(
                            ErrorCode.BAD_PARAMETER,
                            media.name(),
                            "it is to calibrate on, but it is also among the samples to learn from",
                            "calibrate on normal samples of their own, or leave --calibration out");
                }
                PatchModel.Deviation deviation = model.measure(media, image, context.cancellation());
                for (int j = 0; j < width; j++) {
                    aspects[i * width + j] = (float) deviation.aspects()[j];
                }
                distances.add(deviation.distances());
            }
        }
        double[] all =
                distances.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
        return new PatchModel(
                model.kind(),
                model.channels(),
                model.network(),
                model.isReleased(),
                model.sight(),
                model.normals(),
                model.profiles(),
                new Calibration(aspects, width),
                all[all.length / 2],
                all[(int) (0.999 * all.length)]);
    }
}
