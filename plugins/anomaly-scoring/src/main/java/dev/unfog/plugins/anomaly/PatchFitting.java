package dev.unfog.plugins.anomaly;

import dev.unfog.api.ErrorCode;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Learns from pictures or recordings what is normal: a network on patches of most of them, calibrated on the rest. */
final class PatchFitting {
    /** Fewer samples leave too few to calibrate on. */
    static final int FEWEST = 20;

    private static final int CROP = 32;
    private static final int MOST_CELLS = 20_000;
    private static final long MOST_VALUES = 1L << 26;

    private final Samples normals;
    private final MediaKind kind;
    private final PluginContext context;
    private final long steps;

    PatchFitting(Samples normals, MediaKind kind, PluginContext context, long steps) {
        this.normals = normals;
        this.kind = kind;
        this.context = context;
        this.steps = steps;
    }

    void fit(Path model) {
        int count = normals.count();
        if (count < FEWEST) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "normals",
                    "there are " + count + ", too few to learn from and to calibrate on",
                    "give at least " + FEWEST + " normal samples; a hundred are better");
        }
        SplittableRandom random = new SplittableRandom(context.seed() + 1);
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        int aside = count < 95 ? Math.round(0.2f * count) : TableFitting.calibrationRows(count);
        int channels = kind.equals(MediaKind.PICTURE) ? channels() : 1;
        List<PatchImage> training = read(order, aside, count, channels);
        float[][] colours = colours(training, channels);
        training.replaceAll(image -> image.standardised(colours[0], colours[1]));

        Path onnx = context.temporaryDirectory().resolve("patches.onnx");
        TrainingResult trained = train(training, channels, onnx);
        try (ScoreNetwork network = context.openNetwork(onnx)) {
            context.progress().report(0.85, "looking at normal patches");
            float[] cells = cells(new PatchNorms(network, PatchModel.LEVELS), training, random);
            int measures = 2 * PatchModel.LEVELS.length;
            float[][] spread = spread(cells, measures);
            NearestNormals nearest = PatchModel.nearest(PatchModel.standardised(cells, spread[0], spread[1]), measures);
            PatchModel uncalibrated = new PatchModel(
                    kind.name(),
                    channels,
                    colours[0],
                    colours[1],
                    network,
                    spread[0],
                    spread[1],
                    nearest,
                    new float[0],
                    0,
                    1);
            PatchModel fitted = calibrated(uncalibrated, order, aside);
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("samples", count);
            facts.put("trainingSamples", training.size());
            facts.put("calibrationSamples", aside);
            facts.put("steps", trained.steps());
            facts.put("loss", trained.loss());
            facts.put("seed", context.seed());
            facts.put("networkSha256", trained.sha256());
            fitted.write(model, onnx, facts);
        }
        context.progress().report(1, "fitted to " + training.size() + " samples, calibrated on " + aside);
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

    static PatchImage image(Media media, int channels) {
        return media instanceof Picture picture ? PatchImage.of(picture, channels) : LogMel.of((Audio) media);
    }

    /** Reads samples until there are enough of them. */
    private List<PatchImage> read(int[] order, int from, int to, int channels) {
        List<PatchImage> images = new ArrayList<>();
        long values = 0;
        for (int i = from; i < to && values < MOST_VALUES; i++) {
            context.cancellation().throwIfCancelled();
            context.progress().report(0.05 * (i - from) / (to - from), "reading");
            try (Media media = normals.open(order[i])) {
                PatchImage image = image(media, channels);
                values += image.values().length;
                images.add(image);
            }
        }
        return images;
    }

    /** Mean and deviation of each channel. */
    private static float[][] colours(List<PatchImage> images, int channels) {
        float[] means = new float[channels];
        float[] deviations = new float[channels];
        for (int channel = 0; channel < channels; channel++) {
            double sum = 0;
            double squares = 0;
            long count = 0;
            for (PatchImage image : images) {
                int area = image.height() * image.width();
                for (int i = channel * area; i < (channel + 1) * area; i++) {
                    sum += image.values()[i];
                    squares += (double) image.values()[i] * image.values()[i];
                }
                count += area;
            }
            means[channel] = (float) (sum / count);
            double variance = squares / count - (sum / count) * (sum / count);
            deviations[channel] = (float) Math.max(1e-3, Math.sqrt(Math.max(0, variance)));
        }
        return new float[][] {means, deviations};
    }

    private TrainingResult train(List<PatchImage> images, int channels, Path onnx) {
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

    /** A random choice of the cells of all samples. */
    private float[] cells(PatchNorms norms, List<PatchImage> images, SplittableRandom random) {
        int measures = norms.measures();
        int share = Math.max(1, MOST_CELLS / images.size());
        float[] cells = new float[share * images.size() * measures];
        int at = 0;
        for (PatchImage image : images) {
            PatchNorms.Grid grid = norms.look(image, context.cancellation());
            int count = grid.rows() * grid.columns();
            for (int i = 0; i < share; i++) {
                int cell = random.nextInt(count);
                System.arraycopy(grid.values(), cell * measures, cells, at, measures);
                at += measures;
            }
        }
        return cells;
    }

    private static float[][] spread(float[] cells, int measures) {
        float[] means = new float[measures];
        float[] deviations = new float[measures];
        int count = cells.length / measures;
        for (int measure = 0; measure < measures; measure++) {
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < count; i++) {
                double value = cells[i * measures + measure];
                sum += value;
                squares += value * value;
            }
            means[measure] = (float) (sum / count);
            double variance = squares / count - (sum / count) * (sum / count);
            deviations[measure] = (float) Math.max(1e-4, Math.sqrt(Math.max(0, variance)));
        }
        return new float[][] {means, deviations};
    }

    private PatchModel calibrated(PatchModel model, int[] order, int aside) {
        float[] scores = new float[aside];
        List<double[]> distances = new ArrayList<>();
        for (int i = 0; i < aside; i++) {
            context.progress().report(0.9 + 0.1 * i / aside, "calibrating");
            try (Media media = normals.open(order[i])) {
                PatchModel.Deviation deviation = model.measure(image(media, model.channels()), context.cancellation());
                scores[i] = (float) deviation.score();
                distances.add(deviation.distances());
            }
        }
        Arrays.sort(scores);
        double[] all =
                distances.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
        return new PatchModel(
                model.kind(),
                model.channels(),
                model.colourMeans(),
                model.colourDeviations(),
                model.network(),
                model.means(),
                model.deviations(),
                model.normals(),
                scores,
                all[all.length / 2],
                all[(int) (0.999 * all.length)]);
    }
}
