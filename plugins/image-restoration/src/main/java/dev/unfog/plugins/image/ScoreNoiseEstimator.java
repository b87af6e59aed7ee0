package dev.unfog.plugins.image;

import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;
import dev.unfog.api.sde.GaussianNoise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tells how strong the noise of a picture is, at each brightness, by asking the score network which noise makes the picture likeliest.
 *
 * <p>The density p_σ of noisy pictures obeys the heat equation, so that ∂ log p_σ / ∂σ² = ½ (Δ log p_σ + ‖∇ log p_σ‖²); with
 * Tweedie's formula ∇ log p_σ = (D − x)/σ² this is zero where ‖x − D‖² = σ² (n − div D). What the network takes away
 * is thus compared with what it could take away, the divergence being probed with random signs (Hutchinson 1990; Ramani, Blu and Unser
 * 2008, "Monte-Carlo SURE"). The sums are taken for each brightness apart. Texture that the network takes for noise lies in
 * some places and noise in all, so the level is that of the quieter places. Looks at pieces of a large picture. For one thread.
 */
final class ScoreNoiseEstimator {
    private static final long WHOLE = 164_000;
    private static final int PIECE = 128;
    private static final int PIECES = 10;
    private static final int KNOTS = 9;
    private static final int BLOCK = 32;
    private static final int FEWEST_BLOCKS = 8;
    /** Blocks of pure noise scatter; this is how far their first quartile lies below their mean, in standard deviation. */
    private static final double QUARTILE_TO_MEAN = 1.012;
    /** Less variation of the level with brightness than this is taken for none. */
    private static final double LEAST_VARIATION = 0.1;
    /** A level that the network's answer moves by less than this needs no second look: the answer hardly depends on it. */
    private static final double SETTLED = 0.05;
    /** At least this share of a region's variance must be removable, or it says nothing. */
    private static final double LEAST_REMOVABLE = 0.02;

    private static final double PROBE = 0.1;
    private static final float LOWEST = 1e-5f;

    private final PictureTask task;
    private final PictureColors picture;
    private final List<Region> pieces;
    private final TilePlan plan;
    private final TileDenoiser denoiser;
    private final NoiseProfile profile;

    /** What the network says about the pixels of one piece, summed over the channels. */
    private record Evidence(int width, int height, float[] removed, float[] removable, float[] brightness) {}

    /**
     * Looks at the picture of a task.
     *
     * @param task which picture, network and cancellation
     * @param guess a rough idea of the standard deviation of its noise, above 0, in units of the picture
     */
    ScoreNoiseEstimator(PictureTask task, double guess) {
        this.task = task;
        this.picture = new PictureColors(task.picture());
        PictureLayout layout = picture.layout();
        this.pieces = NoiseEstimator.pieces(layout, WHOLE, PIECE, PIECES);
        Region first = pieces.get(0);
        this.plan = task.plan(first.width(), first.height(), 0, first.area() * 4 + 4096);
        this.denoiser = new TileDenoiser(task.network(), plan, picture.channels());
        List<Evidence> evidence = evidence(NoiseProfile.uniform(guess));
        NoiseProfile likeliest = likeliest(evidence);
        boolean settled = likeliest.isUniform() && Math.abs(likeliest.highest() / guess - 1) < SETTLED;
        if (!settled && likeliest.highest() > LOWEST) {
            evidence = evidence(likeliest);
            likeliest = likeliest(evidence);
        }
        this.profile = likeliest.scaled(quietness(blockLevels(evidence, likeliest)));
    }

    /** Returns the noise of the picture. */
    NoiseProfile profile() {
        return profile;
    }

    private List<Evidence> evidence(NoiseProfile profile) {
        List<Evidence> all = new ArrayList<>();
        for (int index = 0; index < pieces.size(); index++) {
            task.context().cancellation().throwIfCancelled();
            all.add(evidence(profile, index));
        }
        return all;
    }

    private Evidence evidence(NoiseProfile profile, int index) {
        Region piece = pieces.get(index);
        int channels = picture.channels();
        int pixels = Math.toIntExact(piece.area());
        float[] colors = new float[channels * pixels];
        float[] levels = new float[pixels];
        picture.read(piece, colors);
        profile.fill(colors, channels, piece.width(), piece.height(), LOWEST, levels);
        float[] signs = signs(index, channels, pixels);
        float step = (float) PROBE * profile.highest();
        float[] probed = new float[colors.length];
        for (int i = 0; i < colors.length; i++) {
            probed[i] = colors[i] + step * signs[i];
        }
        float[] denoised = new float[colors.length];
        float[] denoisedProbed = new float[colors.length];
        TilePlan.Tile tile = plan.tiles().get(0);
        denoiser.denoise(tile, colors, levels, denoised);
        denoiser.denoise(tile, probed, levels, denoisedProbed);
        float[] removed = new float[pixels];
        float[] removable = new float[pixels];
        float[] brightness = new float[pixels];
        for (int channel = 0; channel < channels; channel++) {
            for (int i = 0; i < pixels; i++) {
                int at = channel * pixels + i;
                float difference = colors[at] - denoised[at];
                removed[i] += difference * difference;
                removable[i] += 1 - signs[at] * (denoisedProbed[at] - denoised[at]) / step;
                brightness[i] += denoised[at] / channels;
            }
        }
        return new Evidence(piece.width(), piece.height(), removed, removable, brightness);
    }

    /** Returns random signs that depend on the piece alone, so that a picture always has the same noise. */
    private static float[] signs(int piece, int channels, int pixels) {
        GaussianNoise noise = new GaussianNoise(0);
        float[] signs = new float[channels * pixels];
        for (int channel = 0; channel < channels; channel++) {
            noise.fill(piece, 0, 0, channel, 0, signs, channel * pixels, pixels);
        }
        for (int i = 0; i < signs.length; i++) {
            signs[i] = signs[i] < 0 ? -1 : 1;
        }
        return signs;
    }

    private NoiseProfile likeliest(List<Evidence> evidence) {
        double[] removed = new double[KNOTS];
        double[] removable = new double[KNOTS];
        double[] counts = new double[KNOTS];
        for (Evidence piece : evidence) {
            for (int i = 0; i < piece.removed().length; i++) {
                float position = Math.min(1, Math.max(0, piece.brightness()[i])) * (KNOTS - 1);
                int below = Math.min(KNOTS - 2, (int) position);
                float share = position - below;
                removed[below] += (1 - share) * piece.removed()[i];
                removed[below + 1] += share * piece.removed()[i];
                removable[below] += (1 - share) * piece.removable()[i];
                removable[below + 1] += share * piece.removable()[i];
                counts[below] += 1 - share;
                counts[below + 1] += share;
            }
        }
        double count = Arrays.stream(counts).sum();
        double level =
                level(Arrays.stream(removed).sum(), Arrays.stream(removable).sum(), count);
        double[] levels = new double[KNOTS];
        double variation = 0;
        double weight = 0;
        for (int k = 0; k < KNOTS; k++) {
            levels[k] = counts[k] < 0.01 * count ? Double.NaN : level(removed[k], removable[k], counts[k]);
            if (!Double.isNaN(levels[k])) {
                variation += Math.pow(levels[k] / level - 1, 2) * counts[k];
                weight += counts[k];
            }
        }
        if (!(level > 0) || Math.sqrt(variation / weight) < LEAST_VARIATION) {
            return NoiseProfile.uniform(level);
        }
        return NoiseProfile.table(completed(levels));
    }

    private double level(double removed, double removable, double count) {
        return Math.sqrt(removed / Math.max(removable, LEAST_REMOVABLE * picture.channels() * count));
    }

    /** Gives brightnesses that the picture hardly has the level of the nearest that it has. */
    private static double[] completed(double[] levels) {
        double[] completed = levels.clone();
        for (int k = 0; k < levels.length; k++) {
            for (int distance = 1; Double.isNaN(completed[k]); distance++) {
                if (k >= distance && !Double.isNaN(levels[k - distance])) {
                    completed[k] = levels[k - distance];
                } else if (k + distance < levels.length && !Double.isNaN(levels[k + distance])) {
                    completed[k] = levels[k + distance];
                }
            }
        }
        return completed;
    }

    /** Returns the factor that makes a profile that of the quieter blocks; 1 where there are too few blocks to compare. */
    private static double quietness(double[] levels) {
        return levels.length < FEWEST_BLOCKS ? 1 : Math.min(1, QUARTILE_TO_MEAN * levels[levels.length / 4]);
    }

    /** Returns the levels of blocks that say something, in terms of the profile, in rising order. */
    private double[] blockLevels(List<Evidence> evidence, NoiseProfile against) {
        List<Double> levels = new ArrayList<>();
        for (Evidence piece : evidence) {
            for (int top = 0; top + BLOCK <= piece.height(); top += BLOCK) {
                for (int left = 0; left + BLOCK <= piece.width(); left += BLOCK) {
                    double removed = 0;
                    double expected = 0;
                    double removable = 0;
                    for (int y = top; y < top + BLOCK; y++) {
                        for (int x = left; x < left + BLOCK; x++) {
                            int i = y * piece.width() + x;
                            float level = against.at(piece.brightness()[i]);
                            removed += piece.removed()[i];
                            removable += piece.removable()[i];
                            expected += level * level * piece.removable()[i];
                        }
                    }
                    if (expected > 0 && removable > 0.1 * picture.channels() * BLOCK * BLOCK) {
                        levels.add(Math.sqrt(removed / expected));
                    }
                }
            }
        }
        return levels.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }
}
