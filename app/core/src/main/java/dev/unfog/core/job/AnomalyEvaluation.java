package dev.unfog.core.job;

import dev.unfog.api.Cancellation;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.Progress;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;
import dev.unfog.api.param.Parameter;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Scorer;
import dev.unfog.core.measure.RankingQuality;
import dev.unfog.core.plugin.PluginExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Measures how well a fitted model tells anomalous pictures or recordings from normal ones, and, where masks say which pixels are
 * anomalous, how well its maps do.
 *
 * <p>For pixels, those of all maps count together, the normal samples' among them. Safe for use by many threads.
 */
public final class AnomalyEvaluation {
    /** The map that a scorer writes: how unusual each pixel is, 0..1 on one scale for all samples of a model. */
    private static final String MAP = "deviation";

    /** Values of a map that are told apart. */
    private static final int BINS = 1 << 16;

    private final Unfog unfog;
    private final PluginExtension<Scorer> scorer;
    private final RunSettings settings;

    /**
     * One sample's result.
     *
     * @param file the sample
     * @param anomalous what it is known to be
     * @param score larger is more unusual
     * @param pValue what the model says
     */
    public record Result(Path file, boolean anomalous, double score, double pValue) {}

    /**
     * What was measured.
     *
     * @param results sample by sample, the normal ones first
     * @param samples how well the scores rank them
     * @param pixels how well the maps rank pixels, where there are masks
     */
    public record Measurement(List<Result> results, RankingQuality samples, Optional<RankingQuality> pixels) {
        /**
         * Returns which share of the samples of one sort has a p-value of at most α.
         *
         * @param anomalous of the anomalous samples or of the normal ones
         */
        public double flagged(boolean anomalous, double alpha) {
            return results.stream()
                    .filter(result -> result.anomalous() == anomalous)
                    .mapToDouble(result -> result.pValue() <= alpha ? 1 : 0)
                    .average()
                    .orElseThrow();
        }
    }

    /**
     * Creates an evaluation.
     *
     * @param unfog the host
     * @param scorer of the plugin that wrote the model
     * @param settings how it is run
     */
    public AnomalyEvaluation(Unfog unfog, PluginExtension<Scorer> scorer, RunSettings settings) {
        this.unfog = unfog;
        this.scorer = scorer;
        this.settings = settings;
    }

    /**
     * Scores all samples and measures.
     *
     * @param model the model
     * @param normals files of normal samples that it was not fitted to, at least one
     * @param anomalous files of anomalous samples, at least one
     * @param masks a folder with a picture for each anomalous sample, of the same name but for the extension, white where it is
     *     anomalous; null to measure no pixels
     * @throws UnfogException if a sample cannot be scored, or a mask is missing or of another size than the sample
     */
    public Measurement measure(
            Path model,
            List<Path> normals,
            List<Path> anomalous,
            @Nullable Path masks,
            Progress progress,
            Cancellation cancellation) {
        List<Result> results = new ArrayList<>();
        long[][] pixels = new long[2][BINS];
        ParameterValues values =
                ParameterValues.parse(scorer.<List<Parameter<?>>>call(called -> called.parameters()), Map.of());
        List<Path> files = new ArrayList<>(normals);
        files.addAll(anomalous);
        try (ScoreJob job = new ScoreJob(unfog, scorer, model, values, settings, Progress.NONE, cancellation)) {
            for (int i = 0; i < files.size(); i++) {
                cancellation.throwIfCancelled();
                Path file = files.get(i);
                boolean isAnomalous = i >= normals.size();
                progress.report((double) i / files.size(), String.valueOf(file.getFileName()));
                MemoryOutputs outputs = new MemoryOutputs();
                job.score(
                        file,
                        outputs,
                        score -> results.add(new Result(file, isAnomalous, score.value(), score.pValue())));
                if (masks != null) {
                    count(file, outputs, isAnomalous ? mask(masks, file) : null, pixels);
                }
            }
        }
        double[] scores = results.stream().mapToDouble(Result::score).toArray();
        boolean[] labels = new boolean[scores.length];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = results.get(i).anomalous();
        }
        return new Measurement(
                List.copyOf(results),
                RankingQuality.of(scores, labels),
                masks == null ? Optional.empty() : Optional.of(RankingQuality.ofCounts(pixels[1], pixels[0])));
    }

    private static void count(Path file, MemoryOutputs outputs, @Nullable MemoryPicture mask, long[][] pixels) {
        MemoryPicture map = outputs.find(MAP).orElseThrow(() -> missing(file, "the plugin draws no map of it"));
        if (mask != null
                && (mask.layout().width() != map.layout().width()
                        || mask.layout().height() != map.layout().height())) {
            throw missing(
                    file,
                    "its mask is " + mask.layout().width() + "x" + mask.layout().height() + " pixels, and its map "
                            + map.layout().width() + "x" + map.layout().height());
        }
        for (int i = 0; i < map.planar().length; i++) {
            int bin = Math.max(0, Math.min(BINS - 1, (int) (map.planar()[i] * BINS)));
            pixels[mask != null && mask.planar()[i] >= 0.5f ? 1 : 0][bin]++;
        }
    }

    /** The first channel of a sample's mask. */
    private MemoryPicture mask(Path masks, Path sample) {
        String stem = stem(sample);
        Path file = unfog.filesIn(masks, MediaKind.PICTURE).stream()
                .filter(candidate -> stem(candidate).equals(stem))
                .findFirst()
                .orElseThrow(() -> missing(sample, "there is no mask of that name in " + masks));
        try (TemporaryFolder temporary = TemporaryFolder.create();
                Media media = unfog.open(file, temporary.path())) {
            PictureLayout layout = ((Picture) media).layout();
            float[] planar = new float[Math.toIntExact(layout.pixels() * layout.channels())];
            ((Picture) media).read(new Region(0, 0, layout.width(), layout.height()), planar);
            PictureLayout grey = new PictureLayout(
                    layout.width(), layout.height(), PictureLayout.Color.GREY, false, PictureLayout.Depth.FLOAT32);
            return new MemoryPicture(
                    file.toString(), grey, java.util.Arrays.copyOf(planar, Math.toIntExact(layout.pixels())));
        }
    }

    private static String stem(Path file) {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        return dot <= 0 ? name : name.substring(0, dot);
    }

    private static UnfogException missing(Path sample, String problem) {
        return new UnfogException(
                ErrorCode.BAD_PARAMETER,
                sample.toString(),
                problem,
                "give pictures, and for each anomalous one a mask of the same name and size, or leave --masks out");
    }
}
