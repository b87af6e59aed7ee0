package dev.unfog.plugins.image;

import dev.unfog.api.media.MediaKind;
import dev.unfog.api.score.Device;
import dev.unfog.api.score.NetworkCard;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.score.Tensor;
import java.util.Map;

/**
 * A denoiser that can be written down: shrinks each pixel towards the mean of its surroundings, the more the stronger the noise.
 *
 * <p>Like a network with strided convolutions, it depends on where a pixel lies in blocks of {@value #BLOCK} and takes what lies
 * outside its input for zero. An output depends on inputs up to {@value #RECEPTIVE_FIELD} pixels away.
 */
final class ShrinkageNetwork implements ScoreNetwork {
    static final int BLOCK = 8;
    static final int RADIUS = 3;
    static final int RECEPTIVE_FIELD = RADIUS + BLOCK - 1;

    private final float signalVariance;
    private int calls;

    /** @param signalVariance how far clean pixels vary around the mean of their surroundings */
    ShrinkageNetwork(double signalVariance) {
        this.signalVariance = (float) signalVariance;
    }

    ShrinkageNetwork() {
        this(0.002);
    }

    int calls() {
        return calls;
    }

    @Override
    public NetworkCard card() {
        return new NetworkCard(
                "photo",
                MediaKind.PICTURE,
                NetworkCard.Conditioning.NOISE,
                new NetworkCard.Process("variance-exploding", Map.of("sigma_min", 0.002, "sigma_max", 1.0)),
                3,
                0,
                1,
                0,
                RECEPTIVE_FIELD,
                16,
                BLOCK,
                "0".repeat(64));
    }

    @Override
    public Device device() {
        return Device.CPU;
    }

    @Override
    public void denoise(Tensor x, Tensor noise, Tensor denoised) {
        calls++;
        int batch = (int) x.size(0);
        int channels = (int) x.size(1);
        int height = (int) x.size(2);
        int width = (int) x.size(3);
        if (height < 16 || width < 16 || height % BLOCK != 0 || width % BLOCK != 0) {
            throw new IllegalArgumentException("Not a size that the card allows: " + x);
        }
        float[] values = x.toArray();
        float[] levels = noise.toArray();
        boolean map = noise.size(2) > 1;
        float[] result = new float[values.length];
        for (int plane = 0; plane < batch * channels; plane++) {
            float[] smooth = box(values, plane, height, width);
            float[] blockMeans = blockMeans(smooth, height, width);
            for (int y = 0; y < height; y++) {
                for (int column = 0; column < width; column++) {
                    int sample = plane / channels;
                    float level = map
                            ? levels[(sample * height + y) * width + column]
                            : levels[levels.length == 1 ? 0 : sample];
                    float keep = signalVariance / (signalVariance + level * level);
                    float mean = 0.5f * smooth[y * width + column]
                            + 0.5f * blockMeans[y / BLOCK * (width / BLOCK) + column / BLOCK];
                    int at = (plane * height + y) * width + column;
                    result[at] = mean + keep * (values[at] - mean);
                }
            }
        }
        denoised.data().put(0, result);
    }

    private static float[] box(float[] values, int plane, int height, int width) {
        float[] smooth = new float[height * width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                float sum = 0;
                for (int dy = -RADIUS; dy <= RADIUS; dy++) {
                    for (int dx = -RADIUS; dx <= RADIUS; dx++) {
                        if (y + dy >= 0 && y + dy < height && x + dx >= 0 && x + dx < width) {
                            sum += values[(plane * height + y + dy) * width + x + dx];
                        }
                    }
                }
                smooth[y * width + x] = sum / ((2 * RADIUS + 1) * (2 * RADIUS + 1));
            }
        }
        return smooth;
    }

    private static float[] blockMeans(float[] smooth, int height, int width) {
        float[] means = new float[height / BLOCK * (width / BLOCK)];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                means[y / BLOCK * (width / BLOCK) + x / BLOCK] += smooth[y * width + x] / (BLOCK * BLOCK);
            }
        }
        return means;
    }

    @Override
    public void denoise(Tensor x, Tensor y, Tensor time, Tensor denoised) {
        throw new IllegalArgumentException("This network takes a noise level");
    }

    @Override
    public void close() {}
}
